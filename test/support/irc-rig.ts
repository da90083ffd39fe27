import adapter from '../../src/adapters/irc/index.js';
import {
  AdapterError,
  type Connection,
  type Event,
  type JsonObject,
  type MessageEvent,
  type OutgoingMessage,
} from '../../src/sdk/index.js';
import { FakeHost } from '../../src/sdk/testing/fake-host.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';
import { RunningClock } from '../../src/sdk/testing/running-clock.js';
import { IrcPeer } from './irc-peer.js';
import type { IrcPeerOptions } from './irc-peer-server.js';

/** The IRC adapter between a scripted server and a host that remembers. */

export const plain: IrcPeerOptions = { caps: [], sasl: false, support: ['CASEMAPPING=ascii', 'CHANTYPES=#&'] };

let peers: IrcPeer[] = [];
let connections: Connection[] = [];

export class Host extends FakeHost {
  override readonly clock = new RunningClock();

  get messages(): MessageEvent[] {
    return this.events.filter((event): event is MessageEvent => event.type === 'message');
  }

  /** Waits for what needs time, putting the clock forward by `ms` again and again. */
  async passing(ms: number, check: () => boolean, what: string): Promise<void> {
    for (let step = 0; step < 400; step++) {
      if (check()) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
      this.clock.skip(ms);
    }
    throw new Error(`waited in vain for ${what}; last state ${JSON.stringify(this.current)}`);
  }

  why(): string {
    return this.current && 'why' in this.current ? this.current.why : '';
  }
}

export const start = async (options?: IrcPeerOptions) => {
  const peer = await IrcPeer.start(options);
  peers.push(peer);
  return peer;
};

export const signIn = async (input: Record<string, unknown>): Promise<JsonObject> => {
  const login = adapter.login('server', loginContext());
  await login.start();
  const step = await login.next(input);
  if (step.type !== 'done') throw new Error('the sign-in did not end');
  return step.session;
};

export const open = (session: JsonObject, host = new Host()) => {
  const connection = adapter.open({ id: '1', remoteId: 'me', name: 'me', session }, host);
  connections.push(connection);
  connection.start();
  return { connection, host };
};

export const online = async (peer: IrcPeer, more: Record<string, unknown> = {}) => {
  const session = await signIn({ ...peer.login.inputs[0], ...more });
  const opened = open(session);
  await opened.host.untilState('online');
  return { ...opened, session };
};

let sends = 0;
export const send = (connection: Connection, chat: string, text: string, more: Partial<OutgoingMessage> = {}) =>
  connection.chat(chat).send.message({
    ...{ key: `key-${++sends}`, text, attachments: [], signal: new AbortController().signal },
    ...more,
  });

export const failure = async (work: Promise<unknown>): Promise<AdapterError> => {
  const error = await work.then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AdapterError)) throw new Error(`expected an AdapterError, got ${String(error)}`);
  return error;
};

export const isPresence = (event: Event): event is Extract<Event, { type: 'presence' }> => event.type === 'presence';
export const presences = (host: Host, id: string) =>
  host.events.filter(isPresence).flatMap((event) => (event.buddy.id === id ? [event.state] : []));
export const chats = (host: Host) =>
  host.events.flatMap((event) => (event.type === 'chat' ? [{ ...event.chat, joined: event.joined }] : []));

/** To be called after each test. */
export async function endAll(): Promise<void> {
  await Promise.all(connections.map((connection) => connection.stop()));
  await Promise.all(peers.map((peer) => peer.stop()));
  [peers, connections] = [[], []];
}
