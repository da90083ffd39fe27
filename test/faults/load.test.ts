import { describe, expect, test } from 'vitest';
import { accountOf, isWell } from '../load/account.js';
import { defaults, type LoadOptions } from '../load/options.js';
import { play } from '../load/play.js';
import { told } from '../load/words.js';
import { labOrSkip } from '../support/lab.js';

/** `npm run load`, short: what it plays must come through, and it must see all of it. */
const short: LoadOptions = { ...defaults, users: 3, chats: 3, seconds: 8, rate: 30, reconnects: 2, idle: 0, warm: 0 };

async function played(options: LoadOptions) {
  const said: string[] = [];
  const all = await play(options, (text) => said.push(text));
  const account = accountOf(all);
  expect(isWell(account), `${told(account)}\n${all.complaints}`).toBe(true);
  expect(account.messages.in + account.messages.out).toBe(options.seconds * options.rate);
  expect(account.counts.windows.sent).toBe(account.counts.database.sent);
  expect(account.messages.out).toBeGreaterThan(20);
}

describe('users on three networks', () => {
  test('one process: each message once in the database, in the windows, on the wire', () => played(short));
});

const lab = await labOrSkip(['redis']);
if (lab)
  test('several processes: the same', () => played({ ...short, processes: ['api', 'connector,worker', 'connector'] }));
