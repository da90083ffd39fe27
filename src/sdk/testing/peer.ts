import type { Capabilities, WebhookRequest, WebhookResponse } from '../index.js';

/**
 * The other side of an adapter under test: a scripted server on a real loopback socket, or a real server with an
 * independent client. The conformance suite needs nothing else of a network.
 */
export interface Peer {
  /** The login flow to use and what a person would type into its one form (or its forms, in order). */
  readonly login: { flow: string; inputs: Record<string, unknown>[] };
  /** Inputs a person could mend; each must be refused as `rejected` with a note on the field, and leave the step open. */
  readonly badInputs: { input: Record<string, unknown>; field: string }[];
  /** Address of the partner, as a person would type it. */
  readonly partner: string;
  /** The partner writes to our account in a direct chat. */
  say(text: string): Promise<void>;
  /** Resolves once the partner has received a message whose text contains `text`; rejects after `timeoutMs` (10 s). */
  heard(text: string, timeoutMs?: number): Promise<void>;
  /** How many messages containing `text` the partner has received so far. */
  count(text: string): number | Promise<number>;
  /** Networks that keep the order: every text the partner has received so far, oldest first. */
  texts?(): string[] | Promise<string[]>;
  /** Scripted peers: every command line the server has understood so far; shows that no text became a command. */
  commands?(): string[];
  /** Cuts the live connections of our account; the server goes on and accepts new ones. */
  cut(): Promise<void>;
  /** Stops listening, so that new connections are refused; `up` undoes it. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Scripted peers only: from now on new sign-ins are refused as a wrong password. Absent on peers that cannot. */
  refuseAuth?(): Promise<void>;
  /** Scripted peers only: from now on new connections get bytes that are not the protocol. */
  garbage?(): Promise<void>;
  /** Scripted peers only: from now on new connections are accepted and never answered. */
  hang?(): Promise<void>;
  /**
   * Networks that push: the URL to give each host as its `webhookUrl`, and where the peer is told which host stands
   * behind it. A host attached later replaces the one before.
   */
  readonly webhookUrl?: string;
  attach?(host: { webhook(request: WebhookRequest): Promise<WebhookResponse> }): void;
  stop(): Promise<void>;
}

export type ConformanceSubject = {
  /** Shown in the test names, e.g. `irc against a scripted peer`. */
  name: string;
  adapter: import('../index.js').Adapter;
  start(): Promise<Peer>;
  /** Addresses that cannot be one here. */
  badAddresses: string[];
  /** A real server, which cannot be told to refuse, hang or talk nonsense. */
  real?: boolean;
  /** True where the network itself may hand messages over in another order than they were written. */
  shuffles?: boolean;
  /** False where the network keeps messages for us while we are away (mail), so "missed while away" differs. */
  losesWhileAway: boolean;
  /** A room or channel that can be joined, as a person would type it. */
  room?: string;
  /** What the chats of this peer's server can do otherwise than the manifest's usual one says. */
  differs?: Partial<Omit<Capabilities, 'send'>> & { send?: Partial<Capabilities['send']> };
};
