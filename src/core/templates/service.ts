import type { SendRequest, Variants } from '../messages/request.js';
import type { Page, PageRequest } from '../views.js';

/** A saved message. Its words may speak of whoever gets it (`{{name}}`, `{{firstName}}`). */
export type TemplateView = {
  id: string;
  name: string;
  text: string;
  format: SendRequest['format'];
  subject?: string;
  variants?: Variants;
  createdAt: string;
};

export type NewTemplate = {
  name: string;
  text: string;
  format: SendRequest['format'];
  subject?: string;
  variants?: Variants;
};
/** null takes away. */
export type TemplateChange = Partial<Omit<NewTemplate, 'subject' | 'variants'>> & {
  subject?: string | null;
  variants?: Variants | null;
};

/** Every call names the user it acts for; another user's id is `not-found`. Words that could never go are `invalid`. */
export interface TemplateService {
  list(userId: string, page: PageRequest): Promise<Page<TemplateView>>;
  /** Throws `conflict` past 200. */
  create(userId: string, template: NewTemplate): Promise<TemplateView>;
  patch(userId: string, id: string, change: TemplateChange): Promise<TemplateView>;
  remove(userId: string, id: string): Promise<void>;
}
