import { afterAll, expect, test } from 'vitest';
import { labForms } from '../lab/sheet.ts';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { IrcPerson, MailPerson } from '../support/people.js';

/** The main job through the API alone, against real servers with clients that are not ours on the other side. */
const lab = await labOrSkip(['inspircd', 'ngircd', 'mail', 'smsc'], ['people']);

const PHONE = '+447700900321';
const ROUTE_ALL = { mode: 'all', channels: ['im', 'email', 'sms'] };

type Message = { id: string; text: string; network: string; direction: string; sentAt: string; status?: string };

if (lab) {
  const parley = await Parley.start();
  const people: { leave(): void }[] = [];
  afterAll(async () => {
    for (const person of people) person.leave();
    await parley.remove();
  });
  const timeline = async (conversation: string): Promise<Message[]> =>
    (await parley.ok('GET', `/conversations/${conversation}/messages?limit=200`)).items;

  test('four sign-ins, four voices, one person, one history, one message by three channels, and back', async () => {
    await parley.setUp();
    const accounts = [];
    for (const form of labForms(lab).filter((one) => one.flow !== 'http')) {
      const input = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
      accounts.push(await parley.signIn(form.network, form.flow, input));
    }
    expect(accounts.map((account) => account.network)).toEqual(['irc', 'irc', 'email', 'sms']);
    for (const account of accounts) await parley.online(account.id);
    const [inspircd, ngircd, email] = accounts;

    const nickOf = (index: number) => labForms(lab)[index]?.fields.find(({ name }) => name === 'nick')?.value ?? '';
    const ada = await IrcPerson.join(lab.inspircd.port, 'ada');
    const adaToo = await IrcPerson.join(lab.ngircd.port, 'ada_l');
    people.push(ada, adaToo);
    const mail = new MailPerson(lab.mail, 'alice');
    const ourMail = lab.mail.users[0]?.address ?? '';

    await ada.say(nickOf(0), 'hello from the first server');
    const seen = async (text: string) =>
      eventually(
        async () => (await parley.ok('GET', `/search?q=${encodeURIComponent(text)}`)).items[0] as Message | undefined,
      );
    await seen('hello from the first server');
    await adaToo.say(nickOf(1), 'hello from the second server');
    await seen('hello from the second server');
    await mail.write(ourMail, { subject: 'Lunch', text: 'hello by mail' });
    await seen('hello by mail');
    await lab.smsc.sendFromPhone('smpp', PHONE, lab.smsc.smpp.number, 'hello by phone');
    await seen('hello by phone');

    const contacts = (await parley.ok('GET', '/contacts')).items;
    expect(contacts).toHaveLength(4);
    const [first, ...others] = contacts;
    for (const other of others) await parley.ok('POST', `/contacts/${first.id}/merge`, { contactId: other.id });
    await parley.ok('PATCH', `/contacts/${first.id}`, { name: 'Ada' });
    const { items: merged } = await parley.ok('GET', '/contacts');
    expect(merged).toHaveLength(1);
    expect(merged[0].buddies.map((buddy: { network: string }) => buddy.network).sort()).toEqual([
      'email',
      'irc',
      'irc',
      'sms',
    ]);
    const conversation: string = merged[0].conversationId;
    await parley.ok('POST', `/conversations/${conversation}/accept`);
    const before = await timeline(conversation);
    expect(before.map((message) => message.text).reverse()).toEqual([
      'hello from the first server',
      'hello from the second server',
      'hello by mail',
      'hello by phone',
    ]);
    const times = before.map((message) => Date.parse(message.sentAt));
    expect([...times].sort((a, b) => b - a)).toEqual(times);

    const sent = await parley.ok('POST', `/conversations/${conversation}/messages`, {
      text: 'one for all',
      route: ROUTE_ALL,
    });
    expect(sent.deliveries.map((delivery: { channel: string }) => delivery.channel).sort()).toEqual([
      'email',
      'im',
      'sms',
    ]);
    const onIrc = () => [...ada.heard(nickOf(0)), ...adaToo.heard(nickOf(1))].filter((line) => line === 'one for all');
    await eventually(() => onIrc()[0]);
    const letter = await eventually(async () => (await mail.inbox()).find((one) => one.text?.includes('one for all')));
    await eventually(() => lab.smsc.received(PHONE).find((sms) => sms.text === 'one for all'));
    await eventually(async () => {
      const { items } = await parley.ok('GET', `/messages/${sent.message.id}/deliveries`);
      const states = items.map((delivery: { status: string }) => delivery.status);
      return states.every((status: string) => ['sent', 'delivered', 'read'].includes(status)) || undefined;
    });
    expect(onIrc()).toHaveLength(1);

    const answered = ada.heard(nickOf(0)).includes('one for all') ? ada : adaToo;
    await answered.say(nickOf(answered === ada ? 0 : 1), 'answer on irc');
    await mail.write(ourMail, { subject: 'Re: one for all', text: 'answer by mail', answers: letter });
    await lab.smsc.sendFromPhone('smpp', PHONE, lab.smsc.smpp.number, 'answer by phone');
    const texts = () => timeline(conversation).then((items) => items.map((message) => message.text));
    await eventually(async () => {
      const now = await texts();
      return ['answer on irc', 'answer by mail', 'answer by phone'].every((text) => now.includes(text)) || undefined;
    });
    expect(await texts()).toHaveLength(8);

    const all = await timeline(conversation);
    expect(await parley.down()).toBe(0);
    await parley.up();
    expect((await timeline(conversation)).map(({ id, text, status }) => ({ id, text, status }))).toEqual(
      all.map(({ id, text, status }) => ({ id, text, status })),
    );
    for (const account of [inspircd, ngircd, email]) await parley.online(account.id);
    await parley.ok('POST', `/conversations/${conversation}/messages`, { text: 'after the restart', via: inspircd.id });
    await eventually(() => ada.heard(nickOf(0)).find((line) => line === 'after the restart'));
    const { items: conversations } = await parley.ok('GET', '/conversations');
    expect(conversations.filter((one: { kind: string }) => one.kind === 'direct')).toHaveLength(1);
  }, 180_000);
}
