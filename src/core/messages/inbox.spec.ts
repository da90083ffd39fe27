import { expect, test } from 'vitest';
import type { MessageEvent } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import type { InboundRow, InboundStore } from './inbound.js';
import { Inbox } from './inbox.js';

const unused = () => {
  throw new Error('not part of this test');
};
const accountOf = (id: string) => ({ id, userId: 'user', network: 'talk' });
const message = (id: string): MessageEvent => ({
  ...({ type: 'message', chat: { id: 'chat', kind: 'direct' }, from: { id: 'bob', address: 'bob' } } as const),
  ...{ id, text: id, format: 'plain', at: 1 },
});
const away = Object.assign(new Error('terminating connection'), { code: '57P01' });

/** A store whose commits the test ends. */
function inbox(clock?: FakeClock) {
  const commits: { ids: string[]; chatId: string; end: (error?: Error) => void }[] = [];
  let prepared = 0;
  const store: InboundStore = {
    prepare: async () => ({
      chat: { chatId: `chat ${++prepared}`, declined: false, delicate: false },
      buddy: { buddyId: 'bob', name: 'bob' },
    }),
    storeBatch: (rows: InboundRow[]) =>
      new Promise((resolve, reject) =>
        commits.push({
          ids: rows.map(({ remoteId }) => remoteId),
          chatId: rows[0]?.chatId ?? '',
          end: (error) => (error ? reject(error) : resolve([])),
        }),
      ),
    ...{ isAwaited: async () => false, storeCall: unused, quarantine: unused },
  };
  const log = { debug: unused, info: unused, warn: unused };
  const box = new Inbox(store, { committed: unused, stored: unused }, log, () => false, clock);
  const say = (account: string, id: string) => box.deliver({ account: accountOf(account), events: [message(id)] });
  const commit = async (at: number) => {
    for (let turn = 0; turn < 50 && commits[at] === undefined; turn += 1) await Promise.resolve();
    const found = commits[at];
    if (!found) throw new Error(`there is no commit ${at}`);
    return found;
  };
  return { box, say, commit, commits };
}

test('what is refused takes with it what waits behind it of its account, and nothing of others', async () => {
  const { say, commit, commits } = inbox();
  const calls = [say('a', '1'), say('a', '2'), say('b', '3'), say('a', '4')];
  const ends = Promise.allSettled(calls);
  (await commit(0)).end(away);
  (await commit(1)).end();
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'rejected']);
  expect(commits.map(({ ids }) => ids)).toEqual([['1'], ['3']]);
});

test('after a refusal the account is taken again', async () => {
  const { say, commit } = inbox();
  const first = say('a', '1');
  (await commit(0)).end(away);
  await expect(first).rejects.toMatchObject({ kind: 'temporary' });
  const again = say('a', '1');
  (await commit(1)).end();
  await again;
});

test('what was made ready during a commit is made anew where its chat was forgotten meanwhile', async () => {
  const { box, say, commit } = inbox();
  const calls = [say('a', '1')];
  const first = await commit(0);
  calls.push(say('a', '2'));
  first.end();
  const second = await commit(1);
  expect(second).toMatchObject({ ids: ['2'], chatId: first.chatId });
  calls.push(say('a', '3'));
  box.forget();
  second.end();
  const third = await commit(2);
  expect(third.chatId).not.toBe(first.chatId);
  third.end();
  await Promise.all(calls);
});

test('what comes fast shares commits: after one of several the next begins a little later; else nothing waits', async () => {
  const clock = new FakeClock();
  const { say, commit, commits } = inbox(clock);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const calls = [say('a', '1')];
  const first = await commit(0);
  calls.push(say('a', '2'));
  first.end();
  const second = await commit(1);
  expect(clock.pending).toBe(0);
  for (const id of ['3', '4', '5', '6', '7']) calls.push(say('a', id));
  second.end();
  const third = await commit(2);
  calls.push(say('a', '8'));
  third.end();
  await settle();
  calls.push(say('a', '9'));
  expect([commits.length, clock.pending]).toEqual([3, 1]);
  clock.advance(4);
  (await commit(3)).end();
  await Promise.all(calls);
  expect(commits.map(({ ids }) => ids)).toEqual([['1'], ['2'], ['3', '4', '5', '6', '7'], ['8', '9']]);
});
