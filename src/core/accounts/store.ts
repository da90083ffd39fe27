import type { Channel, Json, JsonObject, State, Vault } from '../../sdk/index.js';
import type { AccountView, Page, PageRequest } from '../views.js';

/** An account as its connection needs it. */
export type AccountRow = {
  id: string;
  userId: string;
  network: string;
  channel: Channel;
  remoteId: string;
  name: string;
  enabled: boolean;
  cursor: Json | undefined;
  /** Undefined where the secret key does not open it. */
  session: JsonObject | undefined;
};

export type NewAccount = Pick<AccountRow, 'userId' | 'network' | 'channel' | 'remoteId' | 'name'> & {
  session: JsonObject;
};

export type AccountChange = {
  name?: string;
  enabled?: boolean;
  profileId?: string | null;
  /** The account of the same channel that sends in its place; null: none does. */
  standbyId?: string | null;
};

export interface AccountStore {
  /** Enabled accounts that are not deleted: of these users, or of all. */
  all(userIds?: readonly string[]): Promise<AccountRow[]>;
  find(id: string): Promise<AccountRow | undefined>;
  list(userId: string, page: PageRequest): Promise<Page<AccountView>>;
  view(userId: string, id: string): Promise<AccountView | undefined>;
  /** Makes the account, or signs the one with the same remote id in again; `replaces` names the one to sign in again. */
  save(account: NewAccount, replaces?: string): Promise<AccountRow>;
  saveSession(id: string, session: JsonObject): Promise<void>;
  vault(id: string): Vault;
  /**
   * Those of accounts of one user, together. Accounts that were removed meanwhile are passed over.
   * @throws FencedError where another process holds the user
   */
  setStates(userId: string, states: readonly { id: string; state: State }[]): Promise<void>;
  change(userId: string, id: string, change: AccountChange): Promise<boolean>;
  /** Erases secrets, cancels what is queued, keeps history. */
  remove(userId: string, id: string): Promise<boolean>;
}
