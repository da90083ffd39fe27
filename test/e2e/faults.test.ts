import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { IrcPeer } from '../support/irc-peer.js';
import { eventually, Parley } from '../support/parley.js';
import { SmscPeer } from '../support/sms-peer.js';

/**
 * What becomes of messages and accounts when Parley is killed or a network misbehaves: the built server as a process
 * of its own, scripted networks on real sockets that count what reached them.
 */
let parley: Parley;
let smsc: SmscPeer;
let irc: IrcPeer;
let sms: { id: string };
let chat: string;

type Delivery = { id: string; status: string; reason?: string; attempts: { outcome: string }[] };

const send = (text: string) => parley.ok('POST', `/conversations/${chat}/messages`, { text, via: sms.id });
const deliveryOf = async (messageId: string): Promise<Delivery> =>
  (await parley.ok('GET', `/messages/${messageId}/deliveries`)).items[0];
const settled = (messageId: string) =>
  eventually(async () => {
    const delivery = await deliveryOf(messageId);
    return ['queued', 'sending'].includes(delivery.status) ? undefined : delivery;
  }, 30_000);

beforeAll(async () => {
  smsc = await SmscPeer.start();
  irc = await IrcPeer.start();
  parley = await Parley.start();
  await parley.setUp();
  sms = await parley.signIn('sms', 'smpp', smsc.login.inputs[0] ?? {});
  await parley.online(sms.id);
  chat = (await parley.ok('POST', '/chats', { accountId: sms.id, address: smsc.partner })).conversation.id;
});

afterEach(() => {
  smsc.submitMode = 'answer';
});

afterAll(async () => {
  await parley.remove();
  await smsc.stop();
  await irc.stop();
});

test('killed between accepting a message and sending it: sent once after the restart', async () => {
  await smsc.down();
  const { message } = await send('written before the crash');
  await parley.kill();
  expect(smsc.count('written before the crash')).toBe(0);
  await smsc.up();
  await parley.up();
  expect((await settled(message.id)).status).toBe('sent');
  expect(smsc.count('written before the crash')).toBe(1);
});

test('killed after sending and before the answer was stored: in doubt, not sent again unless a person says so', async () => {
  smsc.submitMode = 'silent';
  const { message } = await send('on the wire');
  await eventually(() => smsc.count('on the wire') === 1 || undefined);
  await parley.kill();
  smsc.submitMode = 'answer';
  await parley.up();
  const doubtful = await settled(message.id);
  expect(doubtful.status).toBe('unknown');
  expect(doubtful.reason).toMatch(/may have been sent/);
  await parley.online(sms.id);
  const { message: next } = await send('the next one');
  expect((await settled(next.id)).status).toBe('sent');
  expect(smsc.count('on the wire')).toBe(1);
  await parley.ok('POST', `/deliveries/${doubtful.id}/retry`);
  await eventually(async () => (await deliveryOf(message.id)).status === 'sent' || undefined);
  expect(smsc.count('on the wire')).toBe(2);
});

test('killed at random moments under load: every accepted message went out once, or is in doubt', async () => {
  const accepted: { id: string; text: string }[] = [];
  for (let round = 0; round < 8; round += 1) {
    const before = accepted.length;
    const sending = Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let index = 0; index < 500; index += 1) {
          const text = `round ${round}, writer ${writer}, message ${index}.`;
          const answer = await send(text).catch(() => undefined);
          if (answer === undefined) return;
          accepted.push({ id: answer.message.id, text });
        }
      }),
    );
    await eventually(() => accepted.length > before || undefined);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    await parley.kill();
    await sending;
    await parley.up();
  }
  expect(accepted.length).toBeGreaterThan(0);
  let doubtful = 0;
  for (const { id, text } of accepted) {
    const { status } = await settled(id);
    expect(['sent', 'unknown']).toContain(status);
    if (status === 'unknown') {
      doubtful += 1;
      expect(smsc.count(text)).toBeLessThanOrEqual(1);
    } else expect(smsc.count(text)).toBe(1);
  }
  console.log(`accepted ${accepted.length}, sent once ${accepted.length - doubtful}, in doubt ${doubtful}`);
}, 240_000);

describe('a network that misbehaves is a state with a reason, and the others go on', () => {
  const stateOf = async (id: string) => (await parley.ok('GET', `/accounts/${id}`)).state;
  const others = async (text: string) => {
    const { message } = await send(text);
    expect((await settled(message.id)).status).toBe('sent');
  };

  test.each([
    ['refuses', () => irc.down(), ['waiting']],
    ['talks rubbish', () => irc.garbage(), ['waiting', 'failed']],
    ['refuses the password', () => irc.refuseAuth(), ['needs-login']],
  ] as const)('%s', async (what, misbehave, states) => {
    await irc.stop();
    irc = await IrcPeer.start();
    const account = await parley.signIn('irc', 'server', irc.login.inputs[0] ?? {});
    await parley.online(account.id);
    await misbehave();
    if (what !== 'refuses') await irc.cut();
    const state = await eventually(async () => {
      const now = await stateOf(account.id);
      return (states as readonly string[]).includes(now.is) ? now : undefined;
    }, 60_000);
    expect(state.why).toMatch(/\w+ \w+/);
    await others(`while it ${what}`);
    await parley.ok('DELETE', `/accounts/${account.id}`);
  });

  test('drops the line: back online by itself', async () => {
    await irc.stop();
    irc = await IrcPeer.start();
    const account = await parley.signIn('irc', 'server', irc.login.inputs[0] ?? {});
    await parley.online(account.id);
    await irc.cut();
    await eventually(async () => (await stateOf(account.id)).is !== 'online' || undefined);
    await parley.online(account.id);
    await others('while it was cut');
    await parley.ok('DELETE', `/accounts/${account.id}`);
  });

  test('never answers: signed in all the same, with a reason', async () => {
    await irc.stop();
    irc = await IrcPeer.start();
    await irc.hang();
    const account = await parley.signIn('irc', 'server', irc.login.inputs[0] ?? {});
    const state = await eventually(async () => {
      const now = await stateOf(account.id);
      return now.is === 'waiting' ? now : undefined;
    }, 90_000);
    expect(state.why).toMatch(/\w+ \w+/);
    await others('while it hangs');
  }, 120_000);
});
