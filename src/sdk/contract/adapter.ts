import type { ChatId, JsonObject, PresenceState, RemoteId } from './common.js';
import type { BuddyInfo, ChatInfo } from './events.js';
import type { Features } from './features.js';
import type { Host } from './host.js';
import type { FormField, LoginContext, LoginProcess } from './login.js';
import type { Manifest } from './manifest.js';

export interface Adapter {
  readonly manifest: Manifest;
  /**
   * How many wire messages a text takes in a usual chat (SMS segments, IRC lines): what a person is told before sending.
   * Pure and cheap; absent where a message is always one.
   */
  parts?(text: string): number;
  login(flow: string, context: LoginContext): LoginProcess;
  /**
   * Does no I/O. `account.session` is what `done` (or `saveSession`) stored; throws `AdapterError` `auth` where it
   * cannot be read.
   */
  open(account: AccountInfo, host: Host): Connection;
}

export type AccountInfo = { id: string; remoteId: RemoteId; name: string; session: JsonObject };

export interface Connection {
  /** Returns at once and never throws; every outcome is a state given to `host.state`. */
  start(): void;
  /** Resolves when every socket and timer is gone. Leaves politely within 3 s. May be called twice. */
  stop(): Promise<void>;
  /** What can be done in this chat right now. Pure and cheap: the core asks before every send. */
  chat(id: ChatId): Features;
  /**
   * Finds or opens the chat with an address a person typed (nick, `#channel`, mail address, phone number).
   * Throws `AdapterError` `rejected` for an address that cannot be one, `temporary` while offline if the
   * network must be asked. `join` says that a channel is meant.
   */
  resolve(address: string, options: { join: boolean }): Promise<ResolvedChat>;
  /** Leaves a channel or group. */
  leave?(id: ChatId): Promise<void>;
  /**
   * The account is being removed: ends the sign-in at the network, so that what was stored of it is worth nothing. Asked
   * while connected, before `stop`; a failure keeps nobody from removing the account.
   */
  signOut?(): Promise<void>;
  /** What the person should know or must enter at the network's side, in the order to show it. */
  setup?(): SetupLine[];
  /**
   * Our own presence; absent where the network has none. With `to` only these buddies are told (directed presence),
   * and the others keep what they were told; a network that cannot do that ignores the call.
   */
  presence?(own: { state: PresenceState; note?: string }, to?: RemoteId[]): Promise<void>;
  /** Answers what a `chat` event with `invite` asked. */
  readonly invitations?: { accept(id: ChatId): Promise<void>; decline(id: ChatId): Promise<void> };
  /** The network's own list of blocked people. The network's word comes back as a `contact` event. */
  readonly blocking?: { set(buddy: RemoteId, on: boolean): Promise<void> };
  /** The network's own contact list. Its word comes back as a `contact` event. */
  readonly roster?: {
    add(address: string, entry: { name?: string; groups?: string[] }): Promise<void>;
    change(buddy: RemoteId, entry: { name?: string; groups?: string[] }): Promise<void>;
    remove(buddy: RemoteId): Promise<void>;
  };
  /** What a person can change of an account without signing in again. */
  readonly settings?: AccountSettings;
}

export interface AccountSettings {
  /** The form, with what is set now as each field's `value`. Pure and cheap. */
  fields(): FormField[];
  /**
   * Takes what was entered, keeps it (`host.saveSession`) and acts on it; a field that is absent stays as it is.
   * Throws `AdapterError` `rejected` with `fields` for input a person can mend, `temporary` if the network must be
   * asked and is away.
   */
  change(input: Record<string, unknown>): Promise<void>;
}

export type SetupLine = { label: string; value: string };

export type ResolvedChat = { chat: ChatInfo; buddy?: BuddyInfo };
