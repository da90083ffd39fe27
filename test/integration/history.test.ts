import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AdapterError, type HistoryFrom, type HistoryPage, type Json, type MessageEvent } from '../../src/sdk/index.js';
import {
  deliver,
  later,
  makeAccount,
  makeUser,
  open,
  plain,
  reach,
  startWorld,
  until,
  type World,
} from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.script.send = async () => ({ proof: 'sent' });
});

/** A network that keeps messages `0`, `1`, `2` … of a chat, one a second, and tells them from any position. */
class Archive {
  readonly asked: HistoryFrom[] = [];
  before: ((from: HistoryFrom, limit: number, signal: AbortSignal) => Promise<HistoryPage>) | undefined;

  constructor(
    readonly chat: string,
    readonly count: number,
    readonly start: number,
    readonly kind: 'direct' | 'group' = 'direct',
    readonly more: (n: number) => Partial<MessageEvent> = () => ({}),
  ) {}

  event(n: number): MessageEvent {
    const address = this.chat.replace('with:', '');
    return {
      ...{ type: 'message', chat: { id: this.chat, kind: this.kind }, id: `${this.chat} ${n}` },
      ...{ from: { id: address, address }, text: `${address} ${n}`, format: 'plain', at: this.start + n * 1000 },
      ...this.more(n),
    };
  }

  /** Pages end below `position`, or below the oldest that the core has. */
  async page(from: HistoryFrom, limit: number, signal: AbortSignal): Promise<HistoryPage> {
    this.asked.push(from);
    if (this.before) return this.before(from, limit, signal);
    return this.slice(from, limit);
  }

  slice(from: HistoryFrom, limit: number): HistoryPage {
    const known = from.oldest?.id.split(' ').at(-1);
    const end = Number(from.position ?? known ?? this.count);
    const begin = Math.max(0, end - limit);
    const events = Array.from({ length: end - begin }, (_, i) => this.event(begin + i));
    return { events, ...(begin > 0 ? { next: begin } : {}) };
  }
}

function archives(...all: Archive[]): void {
  world.script.history = (_account, chat) => {
    const archive = all.find((one) => one.chat === chat);
    return archive && { before: (from, limit, signal) => archive.page(from, limit, signal) };
  };
}

async function alone(address = 'ann') {
  const userId = await makeUser(world.prisma);
  const account = await makeAccount(world, userId, 'talk');
  const chat = await open(world, account, address);
  return { userId, account, ...chat, ...reader(userId, chat.conversationId) };
}

function reader(userId: string, conversationId: string) {
  const page = (before?: string, limit = 50) =>
    world.messages.timeline(userId, conversationId, { limit, ...(before === undefined ? {} : { before }) });
  /** All pages to the end, as a client goes back. */
  const all = async (limit = 50) => {
    const texts: string[] = [];
    for (let before: string | undefined, turns = 0; ; turns += 1) {
      if (turns > 1000) throw new Error('it never ends');
      const { items, nextCursor } = await page(before, limit);
      texts.push(...items.map((item) => item.text));
      if (nextCursor === null) return texts;
      before = nextCursor;
    }
  };
  return { page, all, fetch: () => world.messages.fetchOlder(userId, conversationId) };
}

const texts = (page: { items: { text: string }[] }) => page.items.map((item) => item.text);
const down = (name: string, from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, i) => `${name} ${from - i}`);
const unread = async (userId: string, id: string) => (await world.process.conversations.get(userId, id)).unread;

describe('opening an old conversation', () => {
  test('fetches page after page as far as one goes back, in the order of the network, each message once', async () => {
    const archive = new Archive('with:ann', 230, world.clock.now() - 1_000_000);
    archives(archive);
    const { userId, account, conversationId, page, all } = await alone();
    // The newest came live before anybody looked.
    await deliver(world, account, ...[225, 226, 227, 228, 229].map((n) => archive.event(n)));
    const first = await page();
    expect(texts(first)).toEqual(down('ann', 229, 225));
    expect(first).toMatchObject({ history: 'more', nextCursor: first.items.at(-1)!.id });
    expect(archive.asked).toEqual([]);
    const second = await page(first.nextCursor!);
    expect(texts(second)).toEqual(down('ann', 224, 175));
    expect(archive.asked[0]).toEqual({ oldest: { id: 'with:ann 225', at: archive.event(225).at } });
    expect(await all()).toEqual(down('ann', 229, 0));
    expect(await page()).toMatchObject({ history: 'end' });
    const asked = archive.asked.length;
    expect(await all(200)).toEqual(down('ann', 229, 0));
    expect(archive.asked.length).toBe(asked);
    expect(await unread(userId, conversationId)).toBe(5);
  });

  test('an empty one waits for its first page; the last page says that it is the last', async () => {
    const archive = new Archive('with:ann', 3, world.clock.now() - 10_000);
    archives(archive);
    const { userId, conversationId, page } = await alone();
    const only = await page();
    expect(texts(only)).toEqual(down('ann', 2, 0));
    expect(only).toMatchObject({ history: 'end', nextCursor: null });
    expect(await unread(userId, conversationId)).toBe(0);
    expect((await world.process.conversations.get(userId, conversationId)).lastMessage).toMatchObject({
      text: 'ann 2',
    });
  });

  test('networks without history say nothing of it; away they cannot be asked, and back they can', async () => {
    archives();
    const { account, page, fetch } = await alone();
    expect(await page()).toEqual({ items: [], nextCursor: null, newerCursor: null });
    expect(await fetch()).toEqual({ added: 0 });
    const archive = new Archive('with:ann', 3, world.clock.now() - 10_000);
    archive.before = async () => Promise.reject(new AdapterError('temporary', 'not now'));
    archives(archive);
    expect(await page()).toEqual({ items: [], nextCursor: null, newerCursor: null, history: 'unavailable' });
    expect(archive.asked).toHaveLength(1);
    await page();
    expect(archive.asked).toHaveLength(1);
    archive.before = undefined;
    world.script.hosts.get(account.id)!.state({ is: 'online' });
    expect(await page()).toMatchObject({ history: 'end' });
  });

  test('of a room that we left, or are only asked into, nobody is asked', async () => {
    const archive = new Archive('den', 60, world.clock.now() - 100_000, 'group');
    archives(archive);
    const { userId, account } = await alone();
    const chat = { id: 'den', kind: 'group' as const, name: 'Den' };
    await deliver(world, account, { type: 'chat', chat, invite: { from: { id: 'x', address: 'x' } } });
    const { items } = await world.process.conversations.list(userId, { limit: 10 });
    const { page, fetch } = reader(userId, items.find((one) => one.name === 'Den')!.id);
    expect(await fetch()).toEqual({ added: 0 });
    expect(archive.asked).toEqual([]);
    await deliver(world, account, { type: 'chat', chat, joined: true });
    expect(await fetch()).toEqual({ added: 50, history: 'more' });
    await deliver(world, account, { type: 'chat', chat, joined: false });
    expect(await page(undefined, 100)).not.toHaveProperty('history');
  });

  test('goes on where it was after a restart', async () => {
    const archive = new Archive('with:ann', 120, world.clock.now() - 1_000_000);
    archives(archive);
    const { page, fetch, all } = await alone();
    expect(await fetch()).toEqual({ added: 50, history: 'more' });
    await world.restart();
    await until(async () => expect(await page()).toMatchObject({ history: 'more' }));
    expect(archive.asked).toHaveLength(1);
    expect(await fetch()).toEqual({ added: 50, history: 'more' });
    expect(archive.asked[1]).toMatchObject({ position: 70, oldest: { id: 'with:ann 70' } });
    expect(await fetch()).toEqual({ added: 20, history: 'end' });
    expect(await fetch()).toEqual({ added: 0, history: 'end' });
    expect(await all()).toEqual(down('ann', 119, 0));
  });
});

describe('what is on the pages', () => {
  test('our own messages are not doubled, and those of our other clients are ours', async () => {
    const archive = new Archive('with:ann', 4, world.clock.now() - 3000, 'direct', (n) =>
      n % 2 === 1 ? ({ from: undefined } as Partial<MessageEvent>) : {},
    );
    archives(archive);
    const { userId, conversationId, page } = await alone();
    world.script.send = async () => ({ proof: 'sent', remoteId: 'with:ann 3' });
    const { message } = await world.messages.send(userId, conversationId, plain('ann 3'));
    await reach(world, message, 'sent');
    const { items } = await page(message.id);
    expect(items.map(({ text, direction }) => [text, direction])).toEqual([
      ['ann 2', 'in'],
      ['ann 1', 'out'],
      ['ann 0', 'in'],
    ]);
    expect(await unread(userId, conversationId)).toBe(0);
  });

  test('edits, deletions and reactions find their messages; of other chats and of presence nothing is taken', async () => {
    const archive = new Archive('with:ann', 3, world.clock.now() - 10_000);
    const chat = { id: 'with:ann', kind: 'direct' as const };
    const at = world.clock.now();
    archive.before = async () => ({
      events: [
        { type: 'edit', chat, target: 'with:ann 1', text: 'edited', at },
        ...[0, 1, 2].map((n) => archive.event(n)),
        { type: 'deletion', chat, target: 'with:ann 2', at },
        { type: 'reaction', chat, target: 'with:ann 0', from: { id: 'x', address: 'x' }, emoji: '👍', on: true, at },
        { ...archive.event(1), chat: { id: 'elsewhere', kind: 'group' } },
        { type: 'presence', buddy: { id: 'ann', address: 'ann' }, state: 'online' },
      ],
    });
    archives(archive);
    const { userId, page } = await alone();
    const { items } = await page();
    expect(items.map(({ text }) => text)).toEqual(['', 'edited', 'ann 0']);
    expect(items[2]!.reactions).toMatchObject([{ emoji: '👍' }]);
    expect((await world.process.conversations.list(userId, { limit: 5 })).items).toHaveLength(1);
  });

  test('pages with nothing new are passed, but not for ever', async () => {
    const archive = new Archive('with:ann', 400, world.clock.now() - 1_000_000);
    archives(archive);
    const { account, fetch } = await alone();
    await deliver(world, account, ...Array.from({ length: 120 }, (_, i) => archive.event(280 + i)));
    const known = Array.from({ length: 10 }, (_, i) => 390 - i * 10);
    archive.before = async ({ position }) => {
      const n = typeof position === 'number' ? position : 390;
      return { events: [archive.event(n)], next: n - 10 };
    };
    expect(await fetch()).toEqual({ added: 0, history: 'more' });
    expect(archive.asked).toHaveLength(3);
    for (let i = 0; i < 4; i += 1) await fetch();
    expect(archive.asked.length).toBeGreaterThan(known.length);
    const { rows } = await world.pool.query(
      'SELECT count(*) FROM messages m JOIN chats c ON c.id = m.chat_id WHERE c.account_id = $1',
      [account.id],
    );
    expect(rows[0].count).toBeGreaterThan(120);
  });

  test('a page that cannot be stored moves nothing; one bad event spoils no page', async () => {
    const archive = new Archive('with:ann', 10, world.clock.now() - 100_000, 'direct', (n) =>
      n === 5 ? { id: 'bad\0id' } : {},
    );
    archives(archive);
    const { page, fetch } = await alone();
    expect(await fetch()).toMatchObject({ history: 'end' });
    const shown = texts(await page());
    expect(shown.filter((text) => /^ann \d$/.test(text))).toHaveLength(9);
    expect(shown.filter((text) => text.includes('could not be stored'))).toHaveLength(1);
  });
});

describe('networks that misbehave', () => {
  test('a position they no longer know is given up for the oldest message', async () => {
    const archive = new Archive('with:ann', 120, world.clock.now() - 1_000_000);
    archives(archive);
    const { fetch } = await alone();
    await fetch();
    archive.before = async (from, limit) => {
      if (from.position !== undefined) throw new AdapterError('rejected', 'no such token');
      return archive.slice(from, limit);
    };
    expect(await fetch()).toEqual({ added: 50, history: 'more' });
    expect(archive.asked.slice(1)).toEqual([
      { position: 70, oldest: expect.anything() },
      { oldest: { id: 'with:ann 70', at: archive.event(70).at } },
    ]);
  });

  test.each<[string, () => Promise<HistoryPage>]>([
    ['throw', async () => Promise.reject(new Error('a bug'))],
    [
      'give too much',
      async () => ({ events: Array.from({ length: 1001 }, (_, n) => new Archive('with:ann', 1, 0).event(n)) }),
    ],
    ['refuse', async () => Promise.reject(new AdapterError('rejected', 'not for you'))],
  ])('those that %s are left alone for a while, and the page is answered', async (_name, before) => {
    const archive = new Archive('with:ann', 120, world.clock.now() - 1_000_000);
    archive.before = before;
    archives(archive);
    const { account, page } = await alone();
    await deliver(world, account, archive.event(119));
    const first = await page();
    const second = await page(first.nextCursor!);
    expect(second).toEqual({ items: [], nextCursor: null, newerCursor: first.nextCursor, history: 'unavailable' });
    const asked = archive.asked.length;
    await page(first.items[0]!.id);
    expect(archive.asked.length).toBe(asked);
    world.clock.advance(6000);
    archive.before = undefined;
    expect(await page(first.items[0]!.id)).toMatchObject({ history: 'more', items: expect.any(Array) });
    expect(archive.asked.length).toBeGreaterThan(asked);
  });

  test('one that repeats its position has told everything', async () => {
    const archive = new Archive('with:ann', 5, world.clock.now() - 10_000);
    archive.before = async () => ({ events: [archive.event(0)], next: 'again' });
    archives(archive);
    const { fetch } = await alone();
    expect(await fetch()).toEqual({ added: 1, history: 'more' });
    expect(await fetch()).toEqual({ added: 0, history: 'end' });
  });

  test('one that does not answer keeps nobody waiting for longer than 8 s, and all who wait share one fetch', async () => {
    const archive = new Archive('with:ann', 120, world.clock.now() - 1_000_000);
    const answer = later<HistoryPage>();
    let aborted = false;
    archive.before = (_from, _limit, signal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return answer.promise;
    };
    archives(archive);
    const { page, fetch } = await alone();
    const waiting = Promise.all([page(), fetch(), fetch()]);
    await until(() => expect(archive.asked).toHaveLength(1));
    await until(async () => {
      world.clock.advance(1000);
      expect(aborted).toBe(true);
    });
    const [answered] = await waiting;
    expect(answered).toMatchObject({ items: [], history: 'unavailable' });
    expect(archive.asked).toHaveLength(1);
  });
});

describe('a person on several networks', () => {
  test('the merged timeline has no holes, however far apart the chats are stored', async () => {
    const start = world.clock.now() - 10_000_000;
    // The mails are few and reach far back; the chat has much in little time, and began long after.
    const talk = new Archive('with:dan', 300, start + 5_000_000);
    const other = new Archive('with:dan2', 120, start);
    archives(talk, other);
    const userId = await makeUser(world.prisma);
    const one = await makeAccount(world, userId, 'talk');
    const two = await makeAccount(world, userId, 'talk');
    await deliver(world, one, talk.event(299));
    await deliver(world, two, ...[119, 118, 117, 116, 115].map((n) => other.event(n)));
    const { items: contacts } = await world.process.contacts.list(userId, { limit: 10 });
    const keep = contacts.find((contact) => contact.name === 'dan')!;
    await world.process.contacts.merge(userId, keep.id, contacts.find((contact) => contact.name === 'dan2')!.id);
    const conversationId = (await world.process.contacts.get(userId, keep.id)).conversationId!;
    const { page, all } = reader(userId, conversationId);
    const first = await page(undefined, 3);
    expect(texts(first)[0]).toBe('dan 299');
    const second = await page(first.items[0]!.id, 40);
    expect(texts(second)).toEqual(down('dan', 298, 259));
    expect(await all(40)).toEqual([...down('dan', 299, 0), ...down('dan2', 119, 0)]);
    expect(await unread(userId, conversationId)).toBe(6);
  });

  test('merging people, and parting them again, makes nothing of their past unread', async () => {
    archives(
      new Archive('with:fay', 30, world.clock.now() - 100_000),
      new Archive('with:gil', 30, world.clock.now() - 90_000),
    );
    const userId = await makeUser(world.prisma);
    const account = await makeAccount(world, userId, 'talk');
    const [one, two] = [await open(world, account, 'fay'), await open(world, account, 'gil')];
    for (const { conversationId } of [one, two]) await world.messages.fetchOlder(userId, conversationId);
    const news: MessageEvent = { ...new Archive('with:gil', 31, world.clock.now() - 30_000).event(30), id: 'news' };
    await deliver(world, account, news);
    const { items } = await world.process.contacts.list(userId, { limit: 10 });
    const [fay, gil] = ['fay', 'gil'].map((name) => items.find((contact) => contact.name === name)!);
    const merged = await world.process.contacts.merge(userId, fay!.id, gil!.id);
    expect(await unread(userId, merged.conversationId!)).toBe(1);
    const apart = await world.process.contacts.split(userId, fay!.id, gil!.buddies[0]!.id);
    expect(await unread(userId, apart.conversationId!)).toBe(1);
  });

  test('who has a chat for each subject is fetched a few chats at a time', async () => {
    const start = world.clock.now() - 10_000_000;
    const subjects = Array.from({ length: 30 }, (_, i) => new Archive(`with:s${i}`, 3, start + i * 100_000, 'group'));
    let running = 0;
    let most = 0;
    for (const archive of subjects)
      archive.before = async (from, limit) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 25));
        running -= 1;
        return archive.slice(from, limit);
      };
    archives(...subjects);
    const { userId, account, conversationId, all } = await alone();
    await deliver(world, account, ...subjects.map((archive) => archive.event(2)));
    await world.pool.query('UPDATE chats SET conversation_id = $1 WHERE account_id = $2', [conversationId, account.id]);
    const wanted = subjects.flatMap(({ chat }) => [0, 1, 2].map((n) => `${chat.slice(5)} ${n}`)).reverse();
    // The first page shows what is there at once; what it lacked is in its place afterwards.
    await all(20);
    expect(await all(20)).toEqual(wanted);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    expect(await unread(userId, conversationId)).toBe(0);
  });
});

test('a backlog of 20,000 is paged to its beginning within bounds', async () => {
  const archive = new Archive('with:ann', 20_000, world.clock.now() - 100_000_000);
  archives(archive);
  const { userId, account, conversationId } = await alone();
  await deliver(world, account, archive.event(19_999));
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  let most = 0;
  let cursor: string | undefined;
  let expected = 19_999;
  for (;;) {
    const page = await world.messages.timeline(userId, conversationId, {
      limit: 200,
      ...(cursor && { before: cursor }),
    });
    for (const item of page.items) {
      if (item.text !== `ann ${expected}`) throw new Error(`${item.text}, not ann ${expected}`);
      expected -= 1;
    }
    most = Math.max(most, process.memoryUsage().heapUsed - before);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(expected).toBe(-1);
  const { rows } = await world.pool.query(
    'SELECT count(*), count(DISTINCT remote_id) AS ids FROM messages WHERE user_id = $1',
    [userId],
  );
  expect(rows[0]).toEqual({ count: 20_000, ids: 20_000 });
  expect(await unread(userId, conversationId)).toBe(1);
  expect(most).toBeLessThan(200 * 1024 * 1024);
}, 300_000);

test('two users with one archive each fetch their own', async () => {
  const archive = new Archive('with:ann', 60, world.clock.now() - 1_000_000);
  archives(archive);
  const [one, other] = [await alone(), await alone()];
  expect(await one.fetch()).toEqual({ added: 50, history: 'more' });
  expect(texts(await one.page(undefined, 200))).toHaveLength(50);
  await expect(world.messages.fetchOlder(other.userId, one.conversationId)).rejects.toMatchObject({
    kind: 'not-found',
  });
  const { rows } = await world.pool.query('SELECT count(*) FROM messages WHERE user_id = $1', [other.userId]);
  expect(rows[0].count).toBe(0);
  expect(await other.all()).toEqual(down('ann', 59, 0));
  const position: Json = 10;
  expect(archive.asked.filter((from) => from.position === position)).toHaveLength(1);
});
