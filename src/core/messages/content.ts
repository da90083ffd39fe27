import type { OutgoingAttachment, OutgoingMessage } from '../../sdk/index.js';
import type { Person } from './placeholders.js';
import type { Way, Written } from './render.js';

/** What a delivery is to bring, before it is fitted to its way. */
export type Content = {
  messageId: string;
  written: Written;
  person: Person | undefined;
  replyTo: OutgoingMessage['replyTo'];
  attachments: OutgoingAttachment[];
};

/** What an adapter is given, but for the key and the signal. */
export type Fitted = Omit<OutgoingMessage, 'key' | 'signal'>;

export interface Fitter {
  /** The content as this way carries it, with links that lead somewhere. @throws AdapterError; nothing was sent then */
  fit(content: Content, way: Way): Promise<Fitted>;
}
