import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Forwarder } from '../support/forwarder.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { MailPerson } from '../support/people.js';

/**
 * One of two real gateways of a channel dies while numbered messages go out; afterwards the ledger beside what came at
 * the phones and in the mailboxes. Nothing may be lost, nothing may come twice, and everything must have ended.
 */
const first = await labOrSkip(['mail', 'smsc']);
const second = first && (await labOrSkip(['mail']));

type Attempt = { outcome: string };
type Delivery = { status: string; accountId: string; standsInFor?: string; reason?: string; attempts: Attempt[] };
type Sent = { text: string; messageId: string };

let parley: Parley;
beforeAll(async () => {
  if (!first) return;
  parley = await Parley.start();
  await parley.setUp();
}, 60_000);
afterAll(() => parley?.remove());

/** Writes numbered messages in turn; in the middle, `break_`. */
async function write(
  accountId: string,
  addresses: readonly string[],
  count: number,
  name: string,
  break_: () => Promise<void>,
): Promise<Sent[]> {
  const chats: string[] = [];
  for (const address of addresses)
    chats.push((await parley.ok('POST', '/chats', { accountId, address })).conversation.id);
  const sent: Sent[] = [];
  for (let at = 0; at < count; at += 1) {
    if (at === Math.floor(count / 3)) await break_();
    const text = `${name} number ${at}.`;
    const path = `/conversations/${chats[at % chats.length]}/messages`;
    sent.push({ text, messageId: (await parley.ok('POST', path, { text, via: accountId })).message.id });
    await sleep(15);
  }
  return sent;
}

const deliveriesOf = async ({ messageId }: Sent): Promise<Delivery[]> =>
  (await parley.ok('GET', `/messages/${messageId}/deliveries`)).items;
const isOpen = ({ status }: Delivery) => status === 'queued' || status === 'sending';
const went = ({ status }: Delivery) => ['sent', 'delivered', 'read'].includes(status);

type Figures = {
  accepted: number;
  byFirst: number;
  byStandby: number;
  unknown: number;
  lost: string[];
  doubled: string[];
};

/** Waits until all have ended, then counts. `came`: every text that came, a text twice came twice. */
async function compare(all: readonly Sent[], came: () => Promise<string[]>): Promise<Figures> {
  const ends = new Map<Sent, Delivery[]>();
  await eventually(async () => {
    for (const one of all) if (ends.get(one)?.some(isOpen) !== false) ends.set(one, await deliveriesOf(one));
    if ([...ends.values()].every((found) => !found.some(isOpen))) return true;
    // A user may ask so many times a minute.
    await sleep(1_000);
    return undefined;
  }, 150_000).catch((error) => {
    const open = [...ends].flatMap(([{ text }, found]) =>
      found.filter(isOpen).map((one) => `${text} ${JSON.stringify(one)}`),
    );
    throw new Error(`still open: ${open.slice(0, 5).join('\n')}`, { cause: error });
  });
  const sent = all.filter((one) => ends.get(one)?.some(went));
  await eventually(async () => {
    const texts = new Set(await came());
    return sent.every(({ text }) => texts.has(text)) || undefined;
  }, 20_000).catch(() => undefined);
  const texts = await came();
  const times = ({ text }: Sent) => texts.filter((one) => one === text).length;
  const last = (one: Sent) => ends.get(one)?.at(-1);
  return {
    accepted: all.length,
    byFirst: sent.filter((one) => last(one)?.standsInFor === undefined).length,
    byStandby: sent.filter((one) => last(one)?.standsInFor !== undefined).length,
    unknown: all.filter((one) => last(one)?.status === 'unknown').length,
    lost: sent.filter((one) => times(one) === 0).map(({ text }) => text),
    doubled: all.filter((one) => times(one) > 1).map(({ text }) => text),
  };
}

function check(what: string, figures: Figures): void {
  const { accepted, byFirst, byStandby, unknown, lost, doubled } = figures;
  console.log(
    `failover: ${what} | accepted ${accepted}, by the first ${byFirst}, by the standby ${byStandby}, in doubt ${unknown}, ` +
      `lost ${lost.length}, doubled ${doubled.length}`,
  );
  expect(figures).toMatchObject({ lost: [], doubled: [] });
  expect(byFirst + byStandby + unknown).toBe(accepted);
  expect(byFirst).toBeGreaterThan(0);
  expect(byStandby).toBeGreaterThan(0);
}

if (first && second) {
  describe('two SMS gateways', () => {
    const phones = ['+447700900301', '+447700900302', '+447700900303', '+447700900304', '+447700900305'];

    test('the SMS centre of the first dies: the second sends what is left', async () => {
      const { smpp, http } = first.smsc;
      const centre = await parley.signIn('sms', 'smpp', {
        ...{ host: smpp.host, port: String(smpp.port), systemId: smpp.systemId, password: smpp.password },
        from: smpp.number,
      });
      const gateway = await parley.signIn('sms', 'http', {
        ...{ url: http.url, username: http.username, password: http.password, from: http.number },
      });
      await parley.online(centre.id);
      await parley.online(gateway.id);
      await parley.ok('PATCH', `/accounts/${centre.id}`, { standbyId: gateway.id });
      const received = async () => phones.flatMap((phone) => first.smsc.received(phone).map(({ text }) => text));
      const sent = await write(centre.id, phones, 90, 'sms', () => smpp.centre.down());
      check('SMS centre killed', await compare(sent, received));
      await smpp.centre.up();
      await parley.online(centre.id);
      const again = await write(centre.id, phones, 10, 'sms again', async () => {});
      const back = await compare(again, received);
      expect(back).toMatchObject({ byFirst: 10, byStandby: 0, unknown: 0, lost: [], doubled: [] });
    }, 240_000);

    test('Parley is killed (kill -9) while the second takes over', async () => {
      const { items } = await parley.ok('GET', '/accounts');
      const centre = items.find(({ standbyId }: { standbyId: string | null }) => standbyId !== null);
      await parley.online(centre.id);
      const received = async () => phones.flatMap((phone) => first.smsc.received(phone).map(({ text }) => text));
      const sent = await write(centre.id, phones, 90, 'sms and kill', () => first.smsc.smpp.centre.down());
      const last = sent.at(-1);
      await eventually(async () => (last && (await deliveriesOf(last)).length > 1) || undefined, 60_000);
      await parley.kill();
      await parley.up();
      check('SMS centre and Parley killed', await compare(sent, received));
      await first.smsc.smpp.centre.up();
    }, 240_000);
  });

  describe('two SMTP servers', () => {
    test('the first is gone while its mailbox can still be read: the second sends what is left', async () => {
      const smtp = await Forwarder.start(first.mail.submissionPort);
      const account = async (lab: typeof first.mail, name: string, smtpPort: number) => {
        const user = lab.users.find(({ username }) => username === name);
        return parley.signIn('email', 'password', {
          ...{ address: user?.address, username: user?.username, password: user?.password, backfill: '0' },
          ...{ imapHost: '127.0.0.1', imapPort: lab.imapPort, imapTls: 'off' },
          ...{ smtpHost: '127.0.0.1', smtpPort, smtpTls: 'off' },
        });
      };
      const one = await account(first.mail, 'parley', smtp.port);
      // The same address at another provider would be the same account: the standby has another sender.
      const two = await account(second.mail, 'bob', second.mail.submissionPort);
      await parley.online(one.id);
      await parley.online(two.id);
      await parley.ok('PATCH', `/accounts/${one.id}`, { standbyId: two.id });
      const boxes = [first.mail, second.mail].flatMap((lab) => [
        new MailPerson(lab, 'alice'),
        new MailPerson(lab, 'bob'),
      ]);
      // A repeat under the same Message-ID is one mail to every program; see docs/guarantees.md.
      const received = async () => {
        const byId = new Map<string, string>();
        for (const box of boxes)
          for (const mail of await box.inbox()) byId.set(mail.messageId ?? '', mail.text?.trim() ?? '');
        return [...byId.values()];
      };
      const people = ['alice@lab.test', 'bob@lab.test'];
      const sent = await write(one.id, people, 60, 'mail', () => smtp.down());
      await eventually(async () => (await parley.ok('GET', `/accounts/${one.id}`)).resting ?? undefined, 60_000);
      // What was handed over without an answer stays with its account, and goes again under its Message-ID.
      const isSettled = (found: readonly Delivery[]) =>
        found.every((each) => !isOpen(each) || each.attempts.some(({ outcome }) => outcome === 'unknown'));
      await eventually(async () => {
        for (const each of sent) if (!isSettled(await deliveriesOf(each))) return undefined;
        return true;
      }, 60_000);
      await smtp.up();
      await parley.ok('POST', `/accounts/${one.id}/reconnect`);
      check('SMTP server gone', await compare(sent, received));
    }, 240_000);
  });
}
