import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type BroadcastFigures, linesOf, ratiosOf } from './broadcast-report.ts';
import { Child } from './children.ts';
import { Load } from './load.ts';
import { nowNs } from './load-irc.ts';
import { part } from './part.ts';
import type { BenchServer, Person } from './server.ts';
import { spread } from './statistics.ts';

/** Of a hundred recipients, so many on each network. */
const mix = { irc: 5, xmpp: 15, sms: 40, email: 40 };
/** What the SMS account may send a second: the slowest channel, so that the whole takes as long as it needs. */
const smsPerSecond = 20;
const atOnce = 12;
const chatEveryMs = 400;
const finishMs = 25 * 60_000;
/** How many a cancelled broadcast has before it is cancelled. */
const cancelAfter = 100;

type Progress = Record<string, number>;
type Broadcast = { id: string; state: string; progress: Progress };
type Network = keyof typeof mix;

export const broadcast = part<BroadcastFigures>({
  name: 'broadcast',
  table: 'broadcast',
  long: true,
  shares: true,
  measure: async ({ tell, shared }) => {
    const { server, person } = await shared();
    return measureBroadcast(server, person, tell);
  },
  lines: linesOf,
  ratios: ratiosOf,
});

/**
 * Ten thousand people on four networks: how long it takes, how the user's own chat and another user's fare meanwhile,
 * what a browser hears of it; then one that is cancelled in the middle.
 */
export async function measureBroadcast(
  server: BenchServer,
  person: Person,
  tell: (text: string) => void,
  recipients = Number(process.env.PARLEY_BENCH_RECIPIENTS ?? 10_000),
): Promise<BroadcastFigures> {
  const load = await Load.start(10);
  const children = new Map<Network, Child>();
  const watcher = await ProgressWatcher.open(server, person);
  try {
    const accounts = { irc: await irc(server, person, load, 'bulk') } as Record<Network, string>;
    for (const network of ['xmpp', 'sms', 'email'] as const) {
      const child = new Child('broadcast-child.ts');
      children.set(network, child);
      const { flow, inputs } = (await child.ask('start', network)) as {
        flow: string;
        inputs: Record<string, unknown>[];
      };
      accounts[network] = await server.signInTo(person, network, flow, inputs);
      await server.untilOnline(person, accounts[network]);
    }
    await server.call(person, 'PUT', `/accounts/${accounts.sms}/settings`, {
      input: { perSecond: String(smsPerSecond) },
    });
    const other = await server.addPerson(person, 900);
    const chats = [await chatOf(server, person, load, 'mine'), await chatOf(server, other, load, 'theirs')] as const;
    tell(`broadcast: ${recipients} contacts`);
    const to = await contacts(server, person, accounts, recipients);
    tell('broadcast: quiet chats');
    const quiet = await chatting(load, chats, async () => sleep(20_000));
    tell('broadcast: under way');
    const begun = performance.now();
    const made = (await server.call(person, 'POST', '/broadcasts', { text: 'mark:{{name}}: hello', to })) as Broadcast;
    const acceptedMs = performance.now() - begun;
    watcher.begin(made.id);
    const during = await chatting(load, chats, () => finished(server, person, made.id, tell));
    const seconds = (performance.now() - begun) / 1_000;
    const { progress } = (await server.call(person, 'GET', `/broadcasts/${made.id}`)) as Broadcast;
    const marks = await wire(load, children);
    const heard = watcher.end();
    tell('broadcast: cancelled in the middle');
    const cancel = await cancelled(server, person, load, children, to);
    return {
      recipients,
      ...{ acceptedMs, seconds, progress },
      ownLimitSeconds: (recipients * mix.sms) / 100 / smsPerSecond,
      wire: { messages: marks.length, people: new Set(marks).size },
      chats: { quiet, during },
      client: heard,
      cancel,
    };
  } finally {
    watcher.close();
    await load.stop();
    for (const child of children.values()) await child.stop();
  }
}

async function irc(server: BenchServer, person: Person, load: Load, nick: string): Promise<string> {
  const account = await server.signIn(person, { server: load.host, port: load.port, nick });
  await server.untilOnline(person, account);
  return account;
}

async function contacts(
  server: BenchServer,
  person: Person,
  accounts: Record<Network, string>,
  count: number,
): Promise<string[]> {
  const networks = Object.entries(mix).flatMap(([network, share]) => Array<string>(share).fill(network));
  const ways: Record<string, (at: number) => object> = {
    irc: (at) => ({ buddies: [{ accountId: accounts.irc, address: `guest${at}` }] }),
    xmpp: (at) => ({ buddies: [{ accountId: accounts.xmpp, address: `guest${at}@scripted.test` }] }),
    sms: (at) => ({ addresses: [{ kind: 'phone', value: `+4477${String(10_000_000 + at)}` }] }),
    email: (at) => ({ addresses: [{ kind: 'email', value: `guest${at}@example.org` }] }),
  };
  const ids: string[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < count; at = next++) {
      const way = ways[networks[(at * 37) % networks.length] ?? 'email'];
      const { id } = await server.call(person, 'POST', '/contacts', { name: `guest${at}`, ...way?.(at) });
      ids[at] = String(id);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return ids;
}

type Chat = { name: string; send(text: string): Promise<unknown> };

async function chatOf(server: BenchServer, person: Person, load: Load, name: string): Promise<Chat> {
  const accountId = await irc(server, person, load, name);
  const id = await server.openChat(person, { accountId, address: 'load0' });
  return { name, send: (text) => server.call(person, 'POST', `/conversations/${id}/messages`, { text }) };
}

let marks = 0;

/** Both chats write evenly while `work` lasts: until the call is answered, and until it is on the network. */
async function chatting(load: Load, chats: readonly [Chat, Chat], work: () => Promise<unknown>) {
  let working = true;
  const measured = chats.map(() => ({ answered: [] as number[], begun: new Map<string, bigint>() }));
  const writers = chats.map(async (chat, index) => {
    const { answered, begun } = measured[index]!;
    const calls: Promise<void>[] = [];
    while (working) {
      const mark = `chat:${++marks}:`;
      const sentNs = nowNs();
      begun.set(mark, sentNs);
      calls.push(chat.send(`${mark} hello`).then(() => void answered.push(Number(nowNs() - sentNs) / 1e6)));
      await sleep(chatEveryMs);
    }
    await Promise.all(calls);
  });
  await work().finally(() => {
    working = false;
  });
  await Promise.all(writers);
  await sleep(2_000);
  const onWire = (begun: ReadonlyMap<string, bigint>) =>
    load.said.flatMap(({ text, atNs }) => {
      const at = begun.get(/chat:\d+:/.exec(text)?.[0] ?? '');
      return at === undefined ? [] : [Number(atNs - at) / 1e6];
    });
  const [mine, theirs] = measured.map(({ answered, begun }) => ({
    answered: spread(answered),
    onWire: spread(onWire(begun)),
    lost: begun.size - onWire(begun).length,
  }));
  return { same: mine!, other: theirs! };
}

async function finished(server: BenchServer, person: Person, id: string, tell: (text: string) => void) {
  const end = performance.now() + finishMs;
  for (let said = 0; ; ) {
    const { state, progress } = (await server.call(person, 'GET', `/broadcasts/${id}`)) as Broadcast;
    if (state === 'done') return;
    if (performance.now() > end) throw new Error(`not done in time: ${JSON.stringify(progress)}`);
    if (performance.now() - said > 30_000) {
      said = performance.now();
      tell(`  waiting ${progress.waiting}, queued ${progress.queued}, sent ${progress.sent}`);
    }
    await sleep(1_000);
  }
}

async function wire(load: Load, children: ReadonlyMap<Network, Child>): Promise<string[]> {
  const there = await Promise.all([...children.values()].map(async (child) => (await child.ask('marks')) as string[]));
  return [...there.flat(), ...load.said.flatMap(({ text }) => /mark:(\w+):/.exec(text)?.[1] ?? [])];
}

async function cancelled(
  server: BenchServer,
  person: Person,
  load: Load,
  children: ReadonlyMap<Network, Child>,
  to: string[],
): Promise<BroadcastFigures['cancel']> {
  const before = (await wire(load, children)).length;
  const count = async () => (await wire(load, children)).length - before;
  const { id } = await server.call(person, 'POST', '/broadcasts', { text: 'mark:{{name}}: again', to });
  while ((await count()) < Math.min(cancelAfter, to.length / 4)) await sleep(50);
  const begun = performance.now();
  await server.call(person, 'POST', `/broadcasts/${id}/cancel`);
  const answeredMs = performance.now() - begun;
  const atAnswer = await count();
  await sleep(1_000);
  const afterOneSecond = await count();
  await sleep(10_000);
  const { progress } = (await server.call(person, 'GET', `/broadcasts/${id}`)) as Broadcast;
  return {
    answeredMs,
    withinOneSecond: afterOneSecond - atAnswer,
    later: (await count()) - afterOneSecond,
    progress,
  };
}

/** A browser's socket: how often it hears of the broadcast, and how much of everything. */
class ProgressWatcher {
  #id = '';
  #times: number[] = [];
  #bytes = 0;
  #changes = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (frame: Buffer) => {
      if (this.#id === '') return;
      this.#bytes += frame.length;
      const read = JSON.parse(frame.toString('utf8')) as { type: string; changes?: { kind: string; id: string }[] };
      this.#changes += read.changes?.length ?? 0;
      if (read.changes?.some(({ kind, id }) => kind === 'broadcast' && id === this.#id))
        this.#times.push(performance.now());
    });
  }

  static async open(server: BenchServer, person: Person): Promise<ProgressWatcher> {
    const socket = new WebSocket(server.streamUrl, { headers: { authorization: `Bearer ${person.token}` } });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new ProgressWatcher(socket);
  }

  begin(id: string): void {
    this.#id = id;
  }

  end(): BroadcastFigures['client'] {
    const times = this.#times;
    this.#id = '';
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
    return { updates: times.length, gapMs: spread(gaps), changes: this.#changes, bytes: this.#bytes };
  }

  close(): void {
    this.socket.terminate();
  }
}
