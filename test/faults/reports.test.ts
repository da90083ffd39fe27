import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { IrcPeer } from '../support/irc-peer.js';
import { eventually, Parley } from '../support/parley.js';
import { SmscPeer } from '../support/sms-peer.js';
import { Random } from './random.js';

/**
 * What comes back: repeated webhooks, and reports that come late, before the send has returned, or never. A scripted SMS
 * centre counts what it was given; each row runs `FAULT_ROUNDS` rounds (one by default) with the times of `FAULT_SEED`.
 */
const rounds = Number(process.env.FAULT_ROUNDS ?? 1);
const seed = Number(process.env.FAULT_SEED ?? 20_261_128);
const NUMBER = '+447700900300';

let parley: Parley;
let smsc: SmscPeer;
let account: string;
let chat: string;
let hook: string;

type Delivery = {
  status: string;
  channel: string;
  network: string;
  accountId: string;
  attempts: { outcome: string }[];
};

const send = async (text: string, more: Record<string, unknown> = {}): Promise<string> => {
  const body = { text, via: account, ...more };
  return (await parley.ok('POST', `/conversations/${chat}/messages`, body)).message.id;
};
const ledger = async (messageId: string): Promise<Delivery[]> =>
  (await parley.ok('GET', `/messages/${messageId}/deliveries`)).items;
const status = async (messageId: string) => (await ledger(messageId)).map((one) => one.status).join();
const becomes = (messageId: string, wanted: string) =>
  eventually(async () => (await status(messageId)) === wanted || undefined, 30_000).catch(async (error) => {
    throw new Error(JSON.stringify(await ledger(messageId)), { cause: error });
  });

beforeAll(async () => {
  smsc = await SmscPeer.start();
  parley = await Parley.start();
  await parley.setUp();
  account = (await parley.signIn('sms', 'smpp', smsc.login.inputs[0] ?? {})).id;
  await parley.online(account);
  chat = (await parley.ok('POST', '/chats', { accountId: account, address: smsc.partner })).conversation.id;
  const gateway = { url: 'http://127.0.0.1:9/send', username: 'u', password: 'p', from: NUMBER };
  const { id } = await parley.signIn('sms', 'http', gateway);
  const { setup } = await parley.ok('GET', `/accounts/${id}`);
  const incoming = (line: { label: string }) => line.label === 'Incoming messages (other gateways)';
  hook = setup.find(incoming).value;
});

afterAll(async () => {
  await parley.remove();
  await smsc.stop();
});

beforeEach(() => {
  smsc.reports = 'none';
  smsc.submitMode = 'answer';
});

/** Runs `play` with the number of each round and its own random times. */
async function each(play: (round: number, random: Random) => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await play(round, new Random(seed + round * 7919));
}

test(
  'a webhook that is repeated, at once and after a kill, is one message',
  async () => {
    const call = async (text: string, id: string) => {
      const url = new URL(hook);
      for (const [name, value] of Object.entries({ from: '447700900999', to: NUMBER.slice(1), text, id })) {
        url.searchParams.set(name, value);
      }
      return (await fetch(url)).status;
    };
    await each(async (round, random) => {
      const texts = Array.from({ length: 10 }, (_, index) => `webhook ${round} ${index}.`);
      for (const text of texts) {
        const answers = await Promise.all(Array.from({ length: random.between(2, 5) }, () => call(text, text)));
        expect(new Set(answers)).toEqual(new Set([200]));
      }
      await parley.kill();
      await parley.up();
      for (const text of texts) await eventually(async () => (await call(text, text)) === 200 || undefined);
      const found = async () =>
        (await parley.ok('GET', `/search?q=webhook&limit=200`)).items
          .map(({ text }: { text: string }) => text)
          .filter((text: string) => text.startsWith(`webhook ${round} `));
      await eventually(async () => (await found()).length >= texts.length || undefined);
      expect((await found()).sort()).toEqual([...texts].sort());
    });
  },
  120_000 * rounds,
);

test(
  'a report that comes after a kill still finds its message',
  async () => {
    await each(async (round, random) => {
      await parley.online(account);
      const text = `late report ${round}.`;
      const message = await send(text);
      await becomes(message, 'sent');
      const { id } = smsc.submits.at(-1)!;
      await sleep(random.between(0, 50));
      await parley.kill();
      await parley.up();
      await parley.online(account);
      expect(await smsc.report(id)).toBe(0);
      await becomes(message, 'delivered');
      expect(smsc.count(text)).toBe(1);
    });
  },
  120_000 * rounds,
);

test(
  'a report that comes before the send has returned waits for it',
  async () => {
    smsc.reports = 'early';
    await each(async (round) => {
      const texts = Array.from({ length: 20 }, (_, index) => `early report ${round} ${index}.`);
      const messages: string[] = [];
      for (const text of texts) messages.push(await send(text));
      for (const message of messages) await becomes(message, 'delivered');
      for (const text of texts) expect(smsc.count(text)).toBe(1);
    });
  },
  120_000 * rounds,
);

test(
  'a provider that takes all and never reports: the next step goes once, after its time',
  async () => {
    const irc = await IrcPeer.start();
    onTestFinished(() => irc.stop());
    const { id: talk } = await parley.signIn('irc', 'server', irc.login.inputs[0] ?? {});
    await parley.online(talk);
    const buddies = [
      { accountId: account, address: '+447700900401' },
      { accountId: talk, address: irc.partner },
    ];
    const contact = await parley.ok('POST', '/contacts', { name: 'Never reported', buddies });
    const opened = await parley.ok('POST', '/chats', { accountId: account, address: '+447700900401' });
    expect(opened.conversation.contactId).toBe(contact.id);
    const route = { steps: [{ channels: ['sms'] }, { channels: ['im'], unless: 'delivered', within: 'PT3S' }] };
    await each(async (round, random) => {
      const text = `never reported ${round}.`;
      const { message } = await parley.ok('POST', `/conversations/${opened.conversation.id}/messages`, { text, route });
      await sleep(random.between(0, 2_500));
      await parley.kill();
      await parley.up();
      await eventually(async () => {
        const [sms, im] = await ledger(message.id);
        // Killed between the wire and the answer the SMS is in doubt, which is no proof either.
        const out = ['sent', 'unknown'].includes(sms?.status ?? '');
        return (out && ['sent', 'delivered', 'read', 'unknown'].includes(im?.status ?? '')) || undefined;
      }, 60_000).catch(async (error) => {
        throw new Error(JSON.stringify(await ledger(message.id)), { cause: error });
      });
      await irc.heard(text);
      expect([smsc.count(text), irc.count(text)]).toEqual([1, 1]);
    });
  },
  120_000 * rounds,
);
