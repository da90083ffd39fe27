import { setTimeout as sleep } from 'node:timers/promises';
import { Load } from './load.ts';
import { nowNs } from './load-irc.ts';
import { part } from './part.ts';
import { BenchServer, type Person } from './server.ts';
import { ms, whole } from './words.ts';

const chats = 20;
const atOnce = 8;
/** So many are answered when the server is killed; the calls go on, into the void. */
const killAt = 100;
const settledMs = 60_000;
const arrivedMs = 500;
const goalMs = 10_000;
const ended = ['sent', 'delivered', 'read', 'failed', 'unknown'];

type CrashFigures = {
  accepted: number;
  /** Came before the crash, after it, and those that were under way and are in doubt. */
  before: number;
  after: number;
  inDoubt: number;
  /** From "ready" until the first and the last of what waited was on the wire or settled. */
  firstMs: number;
  lastMs: number;
  restartMs: number;
};

/** kill -9 while messages go out: how long what was accepted waits after the process is up again. */
export const crash = part<CrashFigures>({
  name: 'crash',
  measure: ({ tell }) => measureCrash(tell),
  lines: ({ accepted, after, inDoubt, firstMs, lastMs, restartMs }) => [
    {
      what: `kill -9 with ${whole(after + inDoubt)} of ${whole(accepted)} sends under way or waiting; up again → the first, the last of them on the wire or settled`,
      parley: `${ms(firstMs)}, ${ms(lastMs)}`,
      goal: `≤ ${goalMs / 1_000} s`,
      met: lastMs <= goalMs,
    },
    { what: 'start after it, until ready', parley: ms(restartMs) },
  ],
});

async function measureCrash(tell: (text: string) => void): Promise<CrashFigures> {
  tell('kill -9 while messages go out');
  const load = await Load.start(chats);
  const server = new BenchServer();
  try {
    await server.up();
    const person = await server.setUp();
    const account = await server.signIn(person, { server: load.host, port: load.port, nick: 'sender' });
    await server.untilOnline(person, account);
    const accepted = await sendUntilKilled(server, person, account);
    // What was on its way to the network when the process died comes in meanwhile.
    await sleep(arrivedMs);
    const before = wired(load);
    const restartMs = await server.up();
    const readyNs = nowNs();
    const waiting = accepted.filter(({ at }) => !before.has(at));
    const moments = await untilSettled(server, person, load, waiting);
    const since = moments.map(({ atNs }) => Math.max(0, Number(atNs - readyNs) / 1e6));
    const inDoubt = moments.filter(({ wire }) => !wire).length;
    return {
      accepted: accepted.length,
      before: before.size,
      after: moments.length - inDoubt,
      inDoubt,
      firstMs: Math.min(...since),
      lastMs: Math.max(...since),
      restartMs,
    };
  } finally {
    await server.remove();
    await load.stop();
  }
}

type Sent = { at: number; id: string };

async function sendUntilKilled(server: BenchServer, person: Person, account: string): Promise<Sent[]> {
  const conversations: string[] = [];
  for (let at = 0; at < chats; at += 1) {
    conversations.push(await server.openChat(person, { accountId: account, address: `load${at}` }));
  }
  const accepted: Sent[] = [];
  let next = 0;
  const worker = async () => {
    while (accepted.length < killAt) {
      const at = next++;
      const to = `/conversations/${conversations[at % chats]}/messages`;
      const answer = await server.call(person, 'POST', to, { text: `send:${at}:` }).catch(() => undefined);
      if (answer === undefined) return;
      accepted.push({ at, id: (answer as { message: { id: string } }).message.id });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await server.kill();
  return accepted;
}

const numberOf = (text: string): number => Number(/^send:(\d+):/.exec(text)?.[1]);
const wired = (load: Load): Map<number, bigint> =>
  new Map(load.said.map(({ text, atNs }) => [numberOf(text), atNs] as const));

/** When each was on the wire; of those that never get there, when the ledger said how they ended. */
async function untilSettled(server: BenchServer, person: Person, load: Load, waiting: readonly Sent[]) {
  const found = new Map<number, { atNs: bigint; wire: boolean }>();
  for (const end = performance.now() + settledMs; found.size < waiting.length; await sleep(50)) {
    const lines = wired(load);
    for (const { at, id } of waiting.filter((one) => !found.has(one.at))) {
      const atNs = lines.get(at);
      if (atNs !== undefined) found.set(at, { atNs, wire: true });
      else if (await isEnded(server, person, id)) found.set(at, { atNs: nowNs(), wire: false });
    }
    if (performance.now() > end) throw new Error(`${found.size} of ${waiting.length} are sent or settled`);
  }
  return [...found.values()];
}

async function isEnded(server: BenchServer, person: Person, id: string): Promise<boolean> {
  const { items } = (await server.call(person, 'GET', `/messages/${id}/deliveries`)) as { items: { status: string }[] };
  return items.every(({ status }) => ended.includes(status));
}
