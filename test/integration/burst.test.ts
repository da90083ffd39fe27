import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Change, Frame, SyncPage } from '../../src/core/sync/change.js';
import { type IrcLoad, type LoadRun, readStamp, startIrcLoad } from '../bench/load-irc.js';
import { eventually, Parley } from '../support/parley.js';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function signedIn(load: IrcLoad): Promise<Parley> {
  const parley = await Parley.start();
  ending.push(() => parley.remove());
  await parley.setUp();
  const fields = { server: load.host, port: load.port, tls: 'off', nick: 'reader', channels: '#burst' };
  await parley.online((await parley.signIn('irc', 'server', fields)).id);
  await eventually(() => load.members('#burst') > 0);
  return parley;
}

/** Everything the stream says, as a client sees it that was never away. */
async function follow(parley: Parley): Promise<Change[]> {
  const changes: Change[] = [];
  const socket = new WebSocket(`${parley.url.replace('http', 'ws')}/api/v1/stream`, {
    headers: { authorization: `Bearer ${parley.token}` },
  });
  ending.push(() => socket.terminate());
  socket.on('message', (data: Buffer) => {
    const frame: Frame = JSON.parse(data.toString('utf8'));
    if (frame.type === 'changes') changes.push(...frame.changes);
  });
  await once(socket, 'open');
  return changes;
}

/** The same from the database, page by page. */
async function stored(parley: Parley): Promise<Change[]> {
  const changes: Change[] = [];
  for (let since = 0; ; ) {
    const page: SyncPage = await parley.ok('GET', `/sync?since=${since}&limit=500`);
    changes.push(...page.changes);
    since = page.rev;
    if (!page.more) return changes;
  }
}

type Shown = { id: string; chatId: string; sequence: number; rev: number };

/** Each message of a run, where it was first shown. */
function shown(changes: Change[], { run }: LoadRun): Shown[] {
  const messages = new Map<string, Shown>();
  for (const change of changes) {
    const stamp = change.kind === 'message' && change.value ? readStamp(change.value.text) : undefined;
    if (change.kind !== 'message' || !change.value || stamp?.run !== run || messages.has(change.id)) continue;
    const { chatId, rev } = change.value;
    messages.set(change.id, { id: change.id, chatId, sequence: stamp.sequence, rev });
  }
  return [...messages.values()];
}

const rising = (values: number[]) => values.every((value, at) => at === 0 || (values[at - 1] ?? 0) < value);

function expectWhole(messages: Shown[], { sent }: LoadRun, chats: number): void {
  expect(messages.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(
    Array.from({ length: sent }, (_, at) => at),
  );
  const byChat = Map.groupBy(messages, ({ chatId }) => chatId);
  expect(byChat.size).toBe(chats);
  for (const ones of byChat.values()) expect(rising(ones.map(({ sequence }) => sequence))).toBe(true);
  expect(rising(messages.map(({ rev }) => rev))).toBe(true);
}

it('loses, doubles and reorders nothing of a burst, at the stream and in the database', async () => {
  const load = await startIrcLoad({ senders: 10 });
  ending.push(() => load.stop());
  const parley = await signedIn(load);
  const early = await follow(parley);
  const runs: [chats: number, run: LoadRun, late: Change[]][] = [];
  for (const [to, chats] of [
    ['#burst', 1],
    ['reader', 10],
  ] as const) {
    // Somebody who comes in the middle of it gets what was before by the same way.
    const burst = load.burst(8_000, { to });
    const late = await follow(parley);
    runs.push([chats, await burst, late]);
  }
  for (const [chats, run, late] of runs) {
    await eventually(() => shown(early, run).length >= run.sent, 60_000);
    expectWhole(shown(early, run), run, chats);
    const inDatabase = shown(await stored(parley), run);
    expectWhole(inDatabase, run, chats);
    const seenLate = await eventually(() => {
      const messages = shown(late, run);
      return messages.at(-1)?.sequence === run.sent - 1 ? messages : undefined;
    });
    expect(seenLate.map(({ id }) => id)).toEqual(inDatabase.slice(-seenLate.length).map(({ id }) => id));
  }
  const { items } = await parley.ok('GET', '/conversations?limit=50');
  const unread = items.reduce((sum: number, { unread }: { unread: number }) => sum + unread, 0);
  expect(unread).toBe(16_000);
});
