import { expect, test, vi } from 'vitest';
import { type Adapter, AdapterError, type LoginProcess } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { loginContext } from '../../sdk/testing/login-context.js';
import { Logins } from './logins.js';
import type { AccountRow, AccountStore, NewAccount } from './store.js';

const form = {
  type: 'form' as const,
  fields: [{ name: 'nick', label: 'Nick', kind: 'text' as const, required: true }],
};

function adapterWith(next: LoginProcess['next'], onCancel = () => {}): Adapter {
  const process: LoginProcess = { start: async () => form, next, cancel: async () => onCancel() };
  return {
    manifest: {
      id: 'irc',
      name: 'IRC',
      channel: 'im',
      sdk: 1,
      loginFlows: [{ id: 'server', label: 'Server' }],
      capabilities: {
        send: {
          maxLength: 1,
          formatting: 'dropped',
          attachments: 'rejected',
          replies: 'dropped',
          idempotent: false,
          proves: 'sent',
        },
        edits: false,
        deletions: false,
        reactions: false,
        typing: false,
        readReceipts: false,
        presence: false,
        history: false,
        members: false,
        invites: false,
        topic: false,
      },
      addressHint: 'nick',
    },
    login: () => process,
    open: () => {
      throw new Error('not asked for');
    },
  };
}

const done = async () => ({ type: 'done' as const, session: {}, remoteId: 'r', remoteName: 'R' });

function setUp(next: LoginProcess['next'] = done, onCancel?: () => void) {
  const clock = new FakeClock();
  const saved: NewAccount[] = [];
  const save = async (account: NewAccount): Promise<AccountRow> => {
    saved.push(account);
    return { ...account, id: 'a', enabled: true, cursor: undefined };
  };
  const store = { save, find: async () => undefined } as unknown as AccountStore;
  const logins = new Logins(new Map([['irc', adapterWith(next, onCancel)]]), store, {
    ...loginContext({ clock }),
    callbackUrl: () => 'http://127.0.0.1:9/callback',
  });
  return { clock, saved, logins };
}

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );

test('a sign-in that was left lying is expired, its process cancelled, and makes no account', async () => {
  let cancelled = 0;
  const { clock, saved, logins } = setUp(done, () => {
    cancelled += 1;
  });
  const { id } = await logins.start('u', { network: 'irc' });
  clock.advance(15 * 60_000);
  expect(await code(logins.answer('u', id, {}))).toBe('login-expired');
  expect(cancelled).toBe(1);
  expect(saved).toEqual([]);
});

test('answered while it still works on the last answer, by somebody else, or after it is done', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { saved, logins } = setUp(async () => {
    await held;
    return done();
  });
  const { id } = await logins.start('u', { network: 'irc' });
  const first = logins.answer('u', id, {});
  expect(await code(logins.answer('u', id, {}))).toBe('login-busy');
  expect(await code(logins.answer('another', id, {}))).toBe('login-not-found');
  release();
  expect((await first).type).toBe('done');
  expect(await code(logins.answer('u', id, {}))).toBe('login-done');
  expect(saved).toHaveLength(1);
});

test('a network that never answers ends the step in a minute; the sign-in stays open', async () => {
  const { clock, saved, logins } = setUp(() => new Promise(() => undefined));
  const { id } = await logins.start('u', { network: 'irc' });
  const answer = code(logins.answer('u', id, {}));
  clock.advance(60_000);
  expect(await answer).toBe('network-unavailable');
  expect(await code(logins.cancel('u', id))).toBe('no error');
  expect(saved).toEqual([]);
});

test('input to mend names the field and leaves the step open', async () => {
  let tries = 0;
  const { logins } = setUp(async () => {
    tries += 1;
    if (tries === 1) throw new AdapterError('rejected', 'mend it', { fields: { nick: 'has a space' } });
    return done();
  });
  const { id } = await logins.start('u', { network: 'irc' });
  const error = await logins.answer('u', id, {}).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ kind: 'invalid', code: 'login-input', fields: { nick: 'has a space' } });
  expect((await logins.answer('u', id, {})).type).toBe('done');
});

test('shows where it stands, with what was wrong with the last answer', async () => {
  const next = vi.fn(async ({ nick }: Record<string, unknown>) => {
    if (nick === 'bad') throw new AdapterError('rejected', 'this nick is taken', { fields: { nick: 'is taken' } });
    return done();
  });
  const { logins } = setUp(next);
  const { id } = await logins.start('ann', { network: 'irc' });
  expect(logins.current('ann', id)).toEqual({ step: form });
  expect(() => logins.current('bob', id)).toThrow(/no such login/);
  await expect(logins.answer('ann', id, { nick: 'bad' })).rejects.toMatchObject({ code: 'login-input' });
  expect(logins.current('ann', id)).toEqual({ step: form, error: 'this nick is taken' });
  await logins.answer('ann', id, { nick: 'good' });
  expect(logins.current('ann', id)).toMatchObject({ step: { type: 'done', account: { id: 'a' } } });
  expect(logins.current('ann', id)).not.toHaveProperty('error');
});

test('a browser that comes back answers a redirect, and nothing else', async () => {
  const asked: unknown[] = [];
  const redirect = { type: 'redirect' as const, url: 'https://sso.example.org/' };
  const { logins } = setUp(async (input) => {
    asked.push(input);
    if (asked.length === 1) return redirect;
    if (input.code !== 'right') throw new AdapterError('auth', 'the code is not valid');
    return done();
  });
  const { id } = await logins.start('ann', { network: 'irc' });
  // A form is filled in by the person alone.
  expect(await logins.callback('ann', id, { nick: 'x' })).toBeUndefined();
  expect(asked).toEqual([]);
  await logins.answer('ann', id, {});
  expect(await logins.callback('bob', id, { code: 'right' })).toBeUndefined();
  expect(await logins.callback('ann', id, { code: 'wrong' })).toBeUndefined();
  expect(logins.current('ann', id)).toEqual({ step: redirect, error: 'the code is not valid' });
  expect(await logins.callback('ann', id, { code: 'right' })).toMatchObject({ type: 'done' });
  expect(await logins.callback('ann', id, { code: 'right' })).toBeUndefined();
  expect(asked).toEqual([{}, { code: 'wrong' }, { code: 'right' }]);
});
