import { expect } from 'vitest';
import {
  type AccountInfo,
  type Adapter,
  AdapterError,
  type AdapterErrorKind,
  type Connection,
  type LoginStep,
  type MessageEvent,
  type OutgoingMessage,
  type ResolvedChat,
  type Sent,
} from '../../index.js';
import { loginContext } from '../login-context.js';
import type { ConformanceSubject, Peer } from '../peer.js';
import { type HostOptions, WatchfulHost } from './host.js';
import { sentFaults } from './sanity.js';
import { Watch } from './watch.js';

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

let marks = 0;
/** A word that occurs nowhere else, also not inside another one; letters and digits that every network carries. */
export const mark = () => `m${Date.now().toString(36)}n${String(++marks).padStart(4, '0')}q`;

/** The last step of the peer's sign-in. */
export async function signIn(adapter: Adapter, peer: Peer): Promise<Extract<LoginStep, { type: 'done' }>> {
  const login = adapter.login(peer.login.flow, loginContext());
  let step = await login.start();
  for (const input of peer.login.inputs) {
    expect(step.type).toBe('form');
    step = await login.next(input);
  }
  if (step.type !== 'done') throw new Error(`the sign-in ended with ${step.type}`);
  return step;
}

export const accountOf = (done: Extract<LoginStep, { type: 'done' }>): AccountInfo => ({
  id: 'account-under-test',
  remoteId: done.remoteId,
  name: done.remoteName,
  session: JSON.parse(JSON.stringify(done.session)),
});

/** One connection with its host and its peer. */
export class Rig {
  readonly host: WatchfulHost;
  readonly watch = new Watch();
  readonly connection: Connection;
  #partner: ResolvedChat | undefined;

  constructor(
    readonly subject: ConformanceSubject,
    readonly peer: Peer,
    readonly account: AccountInfo,
    options: HostOptions = {},
  ) {
    this.host = new WatchfulHost({ ...(peer.webhookUrl && { webhookUrl: peer.webhookUrl }), ...options });
    peer.attach?.(this.host);
    this.connection = this.watch.run(() => subject.adapter.open(this.account, this.host));
  }

  start(): void {
    this.watch.run(() => this.connection.start());
  }

  async online(): Promise<void> {
    this.start();
    await this.host.untilState('online', 30_000);
  }

  stop(): Promise<void> {
    return this.watch.run(() => this.connection.stop());
  }

  resolve(address: string, join = false): Promise<ResolvedChat> {
    return this.watch.run(() => this.connection.resolve(address, { join }));
  }

  async partner(): Promise<ResolvedChat> {
    this.#partner ??= await this.resolve(this.peer.partner);
    return this.#partner;
  }

  async features() {
    return this.connection.chat((await this.partner()).chat.id);
  }

  /** Sends to the partner, or into `chat`, as the core would. */
  async send(text: string, more: Partial<OutgoingMessage> & { chat?: string } = {}): Promise<Sent> {
    const { chat = (await this.partner()).chat.id, ...rest } = more;
    const message = { key: crypto.randomUUID(), text, attachments: [], signal: new AbortController().signal, ...rest };
    const sent = await this.watch.run(() => this.connection.chat(chat).send.message(message));
    this.host.faults.push(...sentFaults(sent, this.host.clock.now()));
    return sent;
  }

  /** The connection works in both directions. */
  async works(): Promise<void> {
    const [there, back] = [mark(), mark()];
    await this.send(`are you there ${there}`);
    await this.peer.heard(there, 30_000);
    await this.peer.say(`here I am ${back}`);
    await this.arrived(back);
  }

  /** Waits for the message with this mark in it. */
  arrived(marked: string, timeoutMs = 30_000): Promise<MessageEvent> {
    return this.host.until(() => this.messages(marked)[0], `a message with ${marked}`, timeoutMs);
  }

  /** Messages with this mark, each id once, as the core keeps them. */
  messages(marked: string): MessageEvent[] {
    const known = new Map<string, MessageEvent>();
    for (const event of this.host.events) {
      if (event.type !== 'message' || !event.text.includes(marked)) continue;
      const id = JSON.stringify([event.chat.id, event.id]);
      if (!known.has(id)) known.set(id, event);
    }
    return [...known.values()];
  }

  /** Waits for what comes by itself, putting the clock forward by `stepMs` again and again. */
  async passing<T>(stepMs: number, find: () => T | undefined | false, what: string, steps = 240): Promise<T> {
    for (let step = 0; step < steps; step++) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      await pause(100);
      if (step > 2) this.host.clock.skip(stepMs);
    }
    const said = JSON.stringify(this.host.states.slice(-6));
    throw new Error(`waited for ${what} in vain; last states ${said}`);
  }

  /** As `passing`; the waits between its attempts pass at once. */
  trying<T>(stepMs: number, find: () => T | undefined | false, what: string): Promise<T> {
    const retry = () => {
      const { current } = this.host;
      if (current?.is === 'waiting') this.host.clock.skipTo(current.retryAt + 1);
      return find();
    };
    return this.passing(stepMs, retry, what);
  }

  /** Waits until it is online by its own effort; the waits between its attempts pass at once. */
  async backOnline(): Promise<void> {
    const { host } = this;
    for (let step = 0; step < 400; step++) {
      const { current } = host;
      if (current?.is === 'online') return;
      if (current?.is === 'needs-login' || current?.is === 'failed' || current?.is === 'stopped') break;
      if (current?.is === 'waiting') host.clock.skipTo(current.retryAt + 1);
      await pause(100);
    }
    throw new Error(`did not come back online; last states ${JSON.stringify(host.states.slice(-6))}`);
  }
}

/** Runs `body` with a peer of its own and nobody signed in. */
export async function withPeer(subject: ConformanceSubject, body: (peer: Peer) => Promise<void>): Promise<void> {
  const peer = await subject.start();
  try {
    await body(peer);
  } finally {
    await peer.stop();
  }
}

/** Runs `body` with a connection that is not started, ends it and looks whether it kept the contract all along. */
export async function withRig(subject: ConformanceSubject, body: (rig: Rig) => Promise<void>, options?: HostOptions) {
  await withPeer(subject, async (peer) => {
    const rig = new Rig(subject, peer, accountOf(await signIn(subject.adapter, peer)), options);
    await body(rig).finally(() => rig.stop());
    faultless(rig);
  });
}

/** As `withRig`, with the connection online. */
export function withOnline(subject: ConformanceSubject, body: (rig: Rig) => Promise<void>): Promise<void> {
  return withRig(subject, async (rig) => {
    await rig.online();
    await body(rig);
  });
}

export function faultless(rig: Rig): void {
  expect(rig.host.faults).toEqual([]);
}

/** What a promise rejected with; throws where that is no AdapterError of one of these kinds. */
export async function refusal(promise: Promise<unknown>, ...kinds: AdapterErrorKind[]): Promise<AdapterError> {
  const error = await promise.then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AdapterError)) throw new Error('expected an AdapterError', { cause: error });
  if (!kinds.includes(error.kind)) {
    throw new Error(`expected ${kinds.join(' or ')}, got ${error.kind}: ${error.message}`, { cause: error });
  }
  expect(error.message.trim()).not.toBe('');
  return error;
}
