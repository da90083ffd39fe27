import type { OwnPresence } from '../presence/own.js';
import type { Page, PageRequest } from '../views.js';
import type { AudienceView, Role, Scope, TokenView, UserView } from './views.js';

export type UserChange = Partial<
  Pick<UserView, 'sendTyping' | 'sendReceipts' | 'undoSeconds' | 'undoFor' | 'settings'>
>;

/** Users and what belongs to them alone. Every call names the user it acts for; another user's id is `not-found`. */
export interface UserService {
  get(userId: string): Promise<UserView>;
  patch(userId: string, change: UserChange): Promise<UserView>;
  /** With a default profile. Throws `conflict` for an address that is taken. */
  create(person: { email: string; password: string; name: string; role: Role }): Promise<UserView>;
  createToken(userId: string, token: { name: string; scopes: Scope[] }): Promise<TokenView>;
  tokens(userId: string, page: PageRequest): Promise<Page<TokenView>>;
  deleteToken(userId: string, id: string): Promise<void>;
  /** Stores what the user wants to be seen as, by all or by one audience; tells no network. */
  setPresence(userId: string, presence: OwnPresence & { audience?: string }): Promise<UserView>;
  audiences(userId: string): Promise<AudienceView[]>;
  /** Replaces them all; one whose name stays keeps its id and presence. */
  putAudiences(userId: string, audiences: { name: string; contactIds: string[] }[]): Promise<AudienceView[]>;
}
