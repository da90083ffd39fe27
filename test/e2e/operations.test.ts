import { execFile } from 'node:child_process';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MailPeer } from '../support/mail-peer.js';
import { eventually, OWNER, Parley } from '../support/parley.js';

const MAIL_PASSWORD = 'the-password-of-the-mailbox';
const run = promisify(execFile);

let parley: Parley;
let mail: MailPeer;
let accountId = '';
/** All that the server has printed in this file. */
let said = '';

beforeAll(async () => {
  [parley, mail] = await Promise.all([Parley.start({ LOG_LEVEL: 'trace' }), MailPeer.start()]);
  mail.password = MAIL_PASSWORD;
  await parley.setUp();
  const { flow, inputs } = mail.login;
  accountId = (await parley.signIn('email', flow, { ...inputs[0], password: MAIL_PASSWORD })).id;
  await parley.online(accountId);
});

afterAll(async () => {
  await parley?.remove();
  await mail?.stop();
});

const data = () => path.join(parley.folder, 'data');
const file = () => path.join(parley.folder, 'parley.backup');
const program = (...args: string[]) =>
  run(process.execPath, [path.resolve('dist/backup.js'), ...args], {
    env: { PATH: process.env.PATH, PARLEY_DATA: data() },
    timeout: 90_000,
  });

async function texts(): Promise<string[]> {
  const { items } = await parley.ok('GET', '/conversations?limit=50');
  const pages = items.map(({ id }: { id: string }) => parley.ok('GET', `/conversations/${id}/messages?limit=100`));
  return (await Promise.all(pages)).flatMap((page) => page.items.map((one: { text: string }) => one.text)).sort();
}

const arrived = (text: string) =>
  eventually(async () => (await texts()).filter((one) => one.includes(text)).length === 1 || undefined);

async function figures(): Promise<string> {
  const answer = await parley.call('GET', '/metrics');
  expect(answer.status).toBe(200);
  return answer.text;
}

test('figures tell what is stuck, and only admins and their tokens see them', async () => {
  await mail.say('counted');
  await arrived('counted');
  const text = await figures();
  expect(text).toMatch(/^parley_accounts\{network="email",state="online"\} 1$/m);
  expect(text).toMatch(/^parley_inbound_events_total\{network="email",outcome="stored"\} [1-9]/m);
  expect(text).toMatch(/^parley_inbound_waiting_events\{network="email"\} 0$/m);
  expect(text).toMatch(/^parley_database_up 1$/m);
  for (const name of [
    'nodejs_eventloop_lag_seconds',
    'parley_streams',
    'parley_disk_bytes',
    'parley_webhook_lag_revisions',
  ])
    expect(text).toContain(`\n${name}`);
  const answer = await fetch(`${parley.url}/api/v1/metrics`);
  expect(answer.status).toBe(401);
});

test('what was sent is counted, and what waits has an age', async () => {
  const { conversation } = await parley.ok('POST', '/chats', { accountId, address: 'ada@parley.test' });
  await parley.ok('POST', `/conversations/${conversation.id}/messages`, { text: 'goes out' });
  await eventually(async () => /parley_attempts_total\{network="email",outcome="sent"\} 1/.test(await figures()));
  await mail.stop();
  await parley.ok('POST', `/conversations/${conversation.id}/messages`, { text: 'waits' });
  await eventually(async () => /parley_oldest_due_seconds\{network="email"\} 0\.?[1-9]/.test(await figures()));
  const { checks } = await eventually(async () => {
    // Answered with 200: a network that is away is no reason to take the server out of service.
    const ready = await parley.ok('GET', '/ready');
    return ready.status === 'degraded' ? ready : undefined;
  });
  expect(checks).toMatchObject({
    database: { ok: true },
    disk: { ok: true },
    accounts: { ok: false, detail: 'email: none of 1 accounts is online' },
  });
});

test('a backup is made while it runs; restored, nothing is lost or doubled, and what may have gone out is in doubt', async () => {
  const made = await program('backup', file());
  expect(made.stdout).toMatch(/Saved \d+ rows/);
  expect(made.stdout).toContain('The key is not in it');
  await mail.up();
  await mail.say('after the backup');
  await parley.ok('POST', `/accounts/${accountId}/reconnect`);
  await arrived('after the backup');
  await eventually(() => mail.submitted.some(({ raw }) => raw.includes('waits')) || undefined);
  said += parley.said;
  await parley.kill();

  const lost = path.join(parley.folder, 'lost');
  await eventually(() => {
    renameSync(data(), lost);
    return true;
  });
  await expect(program('restore', file())).rejects.toMatchObject({
    stderr: expect.stringContaining('sealed with a key'),
  });
  renameSync(path.join(lost, 'secret.key'), path.join(data(), 'secret.key'));
  expect((await program('restore', file())).stdout).toMatch(/Restored \d+ rows/);
  await expect(program('restore', file())).rejects.toMatchObject({ stderr: expect.stringContaining('in use already') });

  await parley.up();
  await parley.online(accountId);
  await arrived('after the backup');
  expect(await texts()).toEqual([...new Set(await texts())]);
  // It did go out after the backup was made: not by itself a second time.
  expect(mail.submitted.filter(({ raw }) => raw.includes('waits'))).toHaveLength(1);
  const { items } = await parley.ok('GET', '/admin/dead-letters');
  expect(items).toMatchObject([
    { status: 'unknown', reason: expect.stringContaining('waiting when the backup was made') },
  ]);
  rmSync(lost, { recursive: true, force: true });
});

test('it stops in bounded time with a network that hangs, and the log of it all has no secret', async () => {
  mail.frozen = true;
  const since = performance.now();
  expect(await parley.down()).toBe(0);
  expect(performance.now() - since).toBeLessThan(30_000);
  said += parley.said;
  const key = readFileSync(path.join(data(), 'secret.key'), 'utf8').trim();
  const password = readFileSync(path.join(data(), 'postgres', 'password'), 'utf8').trim();
  expect(said.length).toBeGreaterThan(0);
  for (const secret of [
    OWNER.password,
    MAIL_PASSWORD,
    parley.token ?? '',
    key,
    password,
    mail.lines.find((line) => /AUTH|LOGIN/.test(line)) ?? '?',
  ])
    expect(said.includes(secret), `the log holds ${secret}`).toBe(false);
});
