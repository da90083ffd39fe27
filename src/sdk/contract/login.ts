import type { JsonObject, RemoteId } from './common.js';
import type { Clock, Log } from './host.js';

export type LoginFlow = { id: string; label: string; description?: string };

export type FormField = {
  name: string;
  label: string;
  kind: 'text' | 'password' | 'number' | 'email' | 'phone' | 'url' | 'choice' | 'list';
  required: boolean;
  /** Value used when the field is left empty, as it would be typed. */
  default?: string;
  /** What is set now, in the form of an account's settings. Never there for a password. */
  value?: string;
  choices?: { value: string; label: string }[];
  placeholder?: string;
  help?: string;
  /** Shown behind "more options". */
  advanced?: boolean;
};

/** Any UI can draw these. */
export type LoginStep =
  | { type: 'form'; title?: string; fields: FormField[] }
  | { type: 'show'; as: 'qr' | 'code'; data: string; text?: string }
  /** The person goes there and comes back to `callbackUrl`; its query is the input of the next step. */
  | { type: 'redirect'; url: string }
  | { type: 'done'; session: JsonObject; remoteId: RemoteId; remoteName: string };

/**
 * One sign-in conversation. `next` answers the step that follows `input` and throws
 * `AdapterError` of kind `rejected` with `fields` for input a person can mend (the step stays open).
 * A sign-in never needs the server to be reachable: the account is made and its connection says `waiting`.
 */
export interface LoginProcess {
  start(): Promise<LoginStep>;
  next(input: Record<string, unknown>): Promise<LoginStep>;
  cancel(): Promise<void>;
}

/** What a sign-in may lean on. */
export interface LoginContext {
  /** Aborted when the person gives up, or the sign-in expires (15 minutes). */
  readonly signal: AbortSignal;
  /**
   * Where a browser comes back to after `redirect`, without query: `<public address>/api/v1/logins/callback`. Pass
   * `callbackState` through the other side as the query parameter `state`.
   */
  readonly callbackUrl: string;
  readonly callbackState: string;
  readonly clock: Clock;
  readonly log: Log;
  /** As `Host.fetch`. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** As `Host.checkServer`. */
  checkServer(host: string): Promise<void>;
}
