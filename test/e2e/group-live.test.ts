import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { MailPerson } from '../support/people.js';
import { XmppPerson } from '../support/xmpp-person.js';

/**
 * One conversation with four people: Ada and Bo at Prosody with slixmpp, Cem with a phone behind Kannel, Dora at Postfix
 * and Dovecot. What each of them gets is counted on their own side.
 */
const lab = await labOrSkip(['prosody', 'smsc', 'mail'], ['people']);

type Message = {
  id: string;
  direction: 'in' | 'out';
  sender: { name: string };
  text: string;
  status?: string;
  relayed?: boolean;
  recipients?: { total: number; byStatus: Record<string, number> };
};
type Recipient = { name: string; status: string; channel?: string; network?: string; reason?: string };

if (lab) {
  const { prosody, smsc, mail } = lab;
  const [you, ada, bo] = prosody.users;
  if (!you || !ada || !bo) throw new Error('the lab has three people on XMPP');
  const cem = '+447700900733';
  const dora = new MailPerson(mail, 'alice');

  describe('a group over XMPP, SMS and mail', { timeout: 110_000 }, () => {
    let parley: Parley;
    let people: [XmppPerson, XmppPerson];
    let group: string;
    const contacts: Record<string, string> = {};

    const timeline = async (id = group): Promise<Message[]> =>
      (await parley.ok('GET', `/conversations/${id}/messages?limit=200`)).items;
    const write = async (text: string): Promise<Message> =>
      (await parley.ok('POST', `/conversations/${group}/messages`, { text })).message;
    const recipients = async (id: string): Promise<Recipient[]> =>
      (await parley.ok('GET', `/messages/${id}/recipients`)).items;
    const everybodyHas = (id: string, people = 4) =>
      eventually(async () => {
        const found = await recipients(id);
        const behind = found.filter(({ status }) => !['sent', 'delivered', 'read'].includes(status));
        if (behind.length > 0 || found.length < people) throw new Error(JSON.stringify(behind));
        return found;
      }, 40_000);
    const said = (text: string) =>
      eventually(async () => (await timeline()).find((one) => one.direction === 'in' && one.text === text), 40_000);

    /** What each of them got, as they see it, oldest first. */
    const got = async () => {
      const heard = (person: XmppPerson) =>
        person.stanzas.flatMap(({ event, body }) => (event === 'message' && body ? [body] : []));
      return {
        Ada: heard(people[0]),
        Bo: heard(people[1]),
        Cem: smsc.received(cem).map(({ text }) => text),
        Dora: (await dora.inbox()).map((one) => (one.text ?? '').trim()),
      };
    };
    const expectEach = async (expected: Awaited<ReturnType<typeof got>>) => {
      await expect.poll(got, { timeout: 40_000, interval: 200 }).toEqual(expected);
    };

    beforeAll(async () => {
      parley = await Parley.start();
      await parley.setUp();
      people = await Promise.all([XmppPerson.signIn(ada, prosody), XmppPerson.signIn(bo, prosody)]);
      const box = mail.users[0];
      const accounts = await Promise.all([
        parley.signIn('xmpp', 'password', {
          ...{ jid: you.jid, password: you.password, host: prosody.host, port: String(prosody.port), tls: 'off' },
        }),
        parley.signIn('sms', 'smpp', {
          ...{ host: smsc.smpp.host, port: smsc.smpp.port, systemId: smsc.smpp.systemId },
          ...{ password: smsc.smpp.password, from: smsc.smpp.number },
        }),
        parley.signIn('email', 'password', {
          ...{ address: box?.address, username: box?.username, password: box?.password, backfill: '0' },
          ...{ imapHost: mail.host, imapPort: mail.imapPort, imapTls: 'off' },
          ...{ smtpHost: mail.host, smtpPort: mail.submissionPort, smtpTls: 'off' },
        }),
      ]);
      for (const { id } of accounts) await parley.online(id);
      const [xmpp] = accounts;
      const make = async (name: string, more: object) => {
        contacts[name] = (await parley.ok('POST', '/contacts', { name, ...more })).id;
      };
      await make('Ada', { buddies: [{ accountId: xmpp.id, address: ada.jid }] });
      await make('Bo', { buddies: [{ accountId: xmpp.id, address: bo.jid }] });
      await make('Cem', { addresses: [{ kind: 'phone', value: cem }] });
      await make('Dora', { addresses: [{ kind: 'email', value: dora.address }] });
    }, 60_000);
    afterAll(async () => {
      await Promise.all(people?.map((person) => person.leave()) ?? []);
      await parley?.remove();
    });

    test('everyone gets each message once, also over a restart in the middle', async () => {
      const contactIds = Object.values(contacts);
      const made = await parley.ok('POST', '/groups', { name: 'Weekend', contactIds });
      group = made.id;
      expect(made).toMatchObject({ kind: 'group', name: 'Weekend', chats: [], group: { relay: false } });
      const members = (await parley.ok('GET', `/groups/${group}/members`)).items;
      expect(members.map(({ name, channels }: { name: string; channels: string[] }) => [name, channels])).toEqual([
        ['Ada', ['im']],
        ['Bo', ['im']],
        ['Cem', ['sms']],
        ['Dora', ['email']],
      ]);
      const first = await write('Shall we go on Saturday?');
      expect(first).toMatchObject({ conversationId: group, recipients: { total: 4 } });
      await everybodyHas(first.id);
      const second = await write('By train?');
      await parley.restart();
      const third = await write('At nine');
      for (const { id } of [second, third]) await everybodyHas(id);
      const all = ['Shall we go on Saturday?', 'By train?', 'At nine'];
      await expectEach({ Ada: all, Bo: all, Cem: all, Dora: all });
      expect((await recipients(third.id)).map(({ name, channel, network }) => [name, channel, network])).toEqual([
        ['Ada', 'im', 'xmpp'],
        ['Bo', 'im', 'xmpp'],
        ['Cem', 'sms', 'sms'],
        ['Dora', 'email', 'email'],
      ]);
    });

    test('mail has the name of the group, one thread, and nobody else’s address', async () => {
      const mails = await dora.inbox();
      expect(mails.map((one) => one.subject?.replace(/^Re: /, ''))).toEqual(['Weekend', 'Weekend', 'Weekend']);
      expect(mails[1]?.inReplyTo).toBe(mails[0]?.messageId);
      expect(mails[2]?.inReplyTo).toBe(mails[1]?.messageId);
      const whole = mails.map((one) => one.headerLines.map(({ line }) => line).join('\n')).join('\n');
      // Ada's address on XMPP is Dora's own by mail.
      for (const address of [bo.jid, cem]) expect(whole).not.toContain(address);
    });

    test('answers are gathered, with the names their writers have here', async () => {
      await people[0].do('send', { to: you.jid, body: 'Gladly' });
      await said('Gladly');
      await people[1].do('send', { to: you.jid, body: 'I bring bread' });
      await said('I bring bread');
      await smsc.sendFromPhone('smpp', cem, smsc.smpp.number, 'Me too');
      await said('Me too');
      const [last] = (await dora.inbox()).slice(-1);
      await dora.write(mail.users[0]!.address, { subject: 'Re: Weekend', text: 'I come later', answers: last! });
      await said('I come later');
      const answers = (await timeline()).filter(({ direction }) => direction === 'in').toReversed();
      expect(answers.map(({ sender, text }) => `${sender.name}: ${text}`)).toEqual([
        'Ada: Gladly',
        'Bo: I bring bread',
        'Cem: Me too',
        'Dora: I come later',
      ]);
      const { items } = await parley.ok('GET', '/conversations?limit=50');
      expect(items.find(({ id }: { id: string }) => id === group)).toMatchObject({ unread: 4 });
      for (const contactId of Object.values(contacts)) {
        const own = items.find((one: { contactId: string | null }) => one.contactId === contactId);
        expect(own.unread).toBe(0);
        expect(await timeline(own.id)).toEqual([]);
      }
      await parley.ok('PATCH', `/conversations/${group}`, { readMessageId: answers.at(-1)!.id });
      expect(await parley.ok('GET', `/conversations/${group}`)).toMatchObject({ unread: 0 });
    });

    test('with relay, what one answers goes to the others, once, also over a restart', async () => {
      const before = await got();
      await parley.ok('PATCH', `/groups/${group}`, { relay: true });
      await people[0].do('send', { to: you.jid, body: 'Which platform?' });
      const asked = await said('Which platform?');
      await parley.restart();
      const sentOn = await everybodyHas(asked.id, 3);
      expect(sentOn.map(({ name }) => name)).toEqual(['Bo', 'Cem', 'Dora']);
      await smsc.sendFromPhone('smpp', cem, smsc.smpp.number, 'Four');
      const answered = await said('Four');
      await everybodyHas(answered.id, 3);
      expect(await parley.ok('GET', `/messages/${answered.id}`)).toMatchObject({
        relayed: true,
        recipients: { total: 3 },
      });
      const [last] = (await dora.inbox()).slice(-1);
      await dora.write(mail.users[0]!.address, { subject: 'Re: Weekend', text: 'Fine', answers: last! });
      await everybodyHas((await said('Fine')).id, 3);
      await expectEach({
        Ada: [...before.Ada, 'Cem: Four', 'Dora: Fine'],
        Bo: [...before.Bo, 'Ada: Which platform?', 'Cem: Four', 'Dora: Fine'],
        Cem: [...before.Cem, 'Ada: Which platform?', 'Dora: Fine'],
        Dora: [...before.Dora, 'Ada: Which platform?', 'Cem: Four'],
      });
      const shown = (await timeline()).map(({ text }) => text);
      expect(new Set(shown).size).toBe(shown.length);
      expect(shown).toHaveLength(10);
    });

    test('killed again and again: everyone gets each number once, or the ledger says that it is in doubt', async () => {
      const before = await got();
      const numbers = Array.from({ length: 12 }, (_, n) => `number ${n + 1}`);
      const ids: string[] = [];
      for (const [n, text] of numbers.entries()) {
        ids.push((await write(text)).id);
        if (n % 4 !== 3) continue;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
        await parley.kill();
        await parley.up();
      }
      const stood = await Promise.all(
        ids.map((id) =>
          eventually(async () => {
            const found = await recipients(id);
            return found.some(({ status }) => ['queued', 'sending'].includes(status)) ? undefined : found;
          }, 60_000),
        ),
      );
      const status = (name: string, n: number) => stood[n]?.find((one) => one.name === name)?.status ?? 'nothing';
      // What is in doubt may still be on its way.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const after = await got();
      const mails = (await dora.inbox()).map((one) => [one.messageId, (one.text ?? '').trim()].join());
      const wrong = Object.entries({
        ...after,
        Dora: [...new Set(mails)].map((one) => one.split(',').at(-1) ?? ''),
      }).flatMap(([name, texts]) =>
        numbers.flatMap((text, n) => {
          const times = texts.filter((one) => one === text).length;
          const said = status(name, n);
          const fits = times === 1 || (times === 0 && ['unknown', 'failed'].includes(said));
          return fits ? [] : [`${name} got "${text}" ${times} times; the ledger says ${said}`];
        }),
      );
      expect(wrong).toEqual([]);
      for (const name of ['Ada', 'Bo', 'Cem'] as const) {
        const inOrder = after[name].slice(before[name].length).filter((text) => text.startsWith('number'));
        expect(inOrder).toEqual(numbers.filter((text) => inOrder.includes(text)));
      }
    });

    test('what is written to one of them alone, and answered, stays between the two', async () => {
      const own = (await parley.ok('GET', `/contacts/${contacts.Bo}`)).conversationId;
      await parley.ok('POST', `/conversations/${own}/messages`, { text: 'A surprise for Ada' });
      await people[1].message(({ body }) => body === 'A surprise for Ada', 'the secret');
      await people[1].do('send', { to: you.jid, body: 'I keep it' });
      await eventually(async () => (await timeline(own)).some(({ text }) => text === 'I keep it') || undefined);
      expect((await timeline()).map(({ text }) => text)).not.toContain('I keep it');
      const { Ada, Cem, Dora } = await got();
      expect([...Ada, ...Cem, ...Dora].join()).not.toMatch(/surprise|keep it/);
    });
  });
}
