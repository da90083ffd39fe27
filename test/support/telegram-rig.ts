import telegram from '../../src/adapters/telegram/index.js';
import type { Connection, Event, JsonObject, MessageEvent, OutgoingMessage } from '../../src/sdk/index.js';
import { FakeHost } from '../../src/sdk/testing/fake-host.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';
import { RunningClock } from '../../src/sdk/testing/running-clock.js';
import { TelegramPeer } from './telegram-peer.js';

/** A host whose clock can be put forward, and which keeps what was logged. */
export class TelegramHost extends FakeHost {
  override readonly clock = new RunningClock();
  readonly logged: string[] = [];
  override readonly log = {
    debug: (message: string, fields?: object) => void this.logged.push(`${message} ${JSON.stringify(fields ?? {})}`),
    info: (message: string, fields?: object) => void this.logged.push(`${message} ${JSON.stringify(fields ?? {})}`),
    warn: (message: string, fields?: object) => void this.logged.push(`${message} ${JSON.stringify(fields ?? {})}`),
  };

  ofType<T extends Event['type']>(type: T): Extract<Event, { type: T }>[] {
    return this.events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
  }
}

export type TelegramRig = { peer: TelegramPeer; host: TelegramHost; connection: Connection; session: JsonObject };
type Options = { mode?: 'polling' | 'webhook'; cursor?: FakeHost['cursor']; session?: JsonObject };

export async function sessionOf(peer: TelegramPeer): Promise<JsonObject> {
  const login = telegram.login('bot', loginContext());
  await login.start();
  const step = await login.next(peer.login.inputs[0] ?? {});
  if (step.type !== 'done') throw new Error('the sign-in did not end');
  return step.session;
}

/** Runs `body` with a bot that is started at this peer, and stops it. */
export async function signedIn(
  peer: TelegramPeer,
  body: (rig: TelegramRig) => Promise<void>,
  options: Options = {},
): Promise<void> {
  const session = options.session ?? (await sessionOf(peer));
  const host = new TelegramHost({ webhookUrl: peer.webhookUrl, cursor: options.cursor });
  const connection = telegram.open({ id: 'a', remoteId: 'r', name: 'n', session }, host);
  peer.attach(host);
  connection.start();
  try {
    await body({ peer, host, connection, session });
  } finally {
    await connection.stop();
  }
}

/** As `signedIn`, with a peer of its own, once it is online. */
export async function online(body: (rig: TelegramRig) => Promise<void>, options: Options = {}): Promise<void> {
  const peer = await TelegramPeer.start(options.mode);
  try {
    const once = async (rig: TelegramRig) => {
      await rig.host.untilState('online');
      await body(rig);
    };
    await signedIn(peer, once, options);
  } finally {
    await peer.stop();
  }
}

let count = 0;
export const outgoing = (text: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  key: `key-${++count}`,
  text,
  attachments: [],
  signal: new AbortController().signal,
  ...more,
});

export const messagesIn = (host: TelegramHost): MessageEvent[] => {
  const known = new Map(host.ofType('message').map((event) => [`${event.chat.id} ${event.id}`, event]));
  return [...known.values()];
};
