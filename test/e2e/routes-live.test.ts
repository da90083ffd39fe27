import { afterAll, expect, onTestFinished, test } from 'vitest';
import { labForms } from '../lab/sheet.ts';
import { openBrowser, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { IrcPerson, MailPerson } from '../support/people.js';
import { XmppPerson } from '../support/xmpp-person.js';

/** Routes on real servers: Prosody, ngIRCd, Kannel and its phones, Postfix. What arrived is counted there. */
const lab = await labOrSkip(['prosody', 'ngircd', 'mail', 'smsc'], ['people', 'browser']);

const PHONES = { alice: '+447700900746', nobody: '+447700900748' };
const WITHIN_S = 4;
/** The centre and the mail server may report before anybody looks. */
const WENT = expect.stringMatching(/^(sent|delivered)$/);
/** What would still come, or come twice, has come by then. */
const SETTLED_MS = (WITHIN_S + 3) * 1000;

/** As far as the test reads it. */
type Delivery = {
  id: string;
  channel: string;
  status: string;
  reason?: string;
  why: string;
  attempts: { at: string }[];
};

if (lab) {
  const parley = await Parley.start();
  const people: { leave(): void | Promise<void> }[] = [];
  afterAll(async () => {
    for (const person of people) await person.leave();
    await parley.remove();
  });

  const boxes = {
    alice: new MailPerson(lab.mail, 'alice'),
    nobody: new MailPerson(lab.mail, lab.mail.users[2]?.address.split('@')[0] ?? ''),
  };
  const [, alice] = lab.prosody.users;
  if (!alice) throw new Error('the lab has several people on XMPP');

  const signIn = async (network: string, flow: string) => {
    const form = labForms(lab).find((one) => one.network === network && one.flow === flow);
    const input = Object.fromEntries((form?.fields ?? []).map(({ name, value }) => [name, value]));
    const account = await parley.signIn(network, flow, input);
    await parley.online(account.id);
    return account;
  };

  const ledger = async (id: string): Promise<Delivery[]> =>
    (await parley.ok('GET', `/messages/${id}/deliveries`)).items;
  const states = async (id: string) =>
    Object.fromEntries((await ledger(id)).map(({ channel, status }) => [channel, status]));
  const until = (id: string, wanted: Record<string, unknown>) =>
    expect.poll(() => states(id), { timeout: 30_000, interval: 250 }).toEqual(wanted);
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  const mails = async (who: keyof typeof boxes, text: string) =>
    (await boxes[who].inbox()).filter((one) => one.text?.trim() === text).length;
  const texts = (who: keyof typeof PHONES, text: string) =>
    lab.smsc.received(PHONES[who]).filter((one) => one.text === text).length;

  test('"IM, and if not delivered in 4 seconds SMS, and email in any case"', async () => {
    await parley.setUp();
    const [xmpp, irc] = [await signIn('xmpp', 'password'), await signIn('irc', 'server')];
    await Promise.all([signIn('sms', 'http'), signIn('email', 'password')]);
    const route = await parley.ok('POST', '/routes', {
      name: 'Family',
      policy: {
        steps: [
          { channels: ['im'] },
          { channels: ['sms'], unless: 'delivered', within: `PT${WITHIN_S}S` },
          { channels: ['email'] },
        ],
      },
    });
    expect(route.sentence).toBe('IM, and if not delivered in 4 seconds SMS, and email in any case');
    const personOf = async (who: keyof typeof PHONES, accountId: string, address: string) => {
      const contact = await parley.ok('POST', '/contacts', {
        name: who,
        buddies: [{ accountId, address }],
        addresses: [
          { kind: 'phone', value: PHONES[who] },
          { kind: 'email', value: boxes[who].address },
        ],
      });
      await parley.ok('PATCH', `/contacts/${contact.id}`, { routeId: route.id });
      return `/conversations/${contact.conversationId}/messages`;
    };
    const toAlice = await personOf('alice', xmpp.id, alice.jid);
    const toNobody = await personOf('nobody', irc.id, 'nobody_here');

    // She has no client running: her server keeps it for her, and nothing proves that she has it.
    const absent = (await parley.ok('POST', toAlice, { text: 'while you are away' })).message;
    await until(absent.id, { im: 'sent', email: WENT, sms: 'queued' });
    await until(absent.id, { im: 'sent', email: WENT, sms: WENT });
    const of = async (id: string, channel: string) => (await ledger(id)).find((one) => one.channel === channel)!;
    const sentAt = async (channel: string) => Date.parse((await of(absent.id, channel)).attempts[0]!.at);
    expect((await sentAt('sms')) - (await sentAt('im'))).toBeGreaterThanOrEqual((WITHIN_S - 1) * 1000);
    expect((await of(absent.id, 'sms')).why).toBe(
      'SMS because IM had not proven delivered within 4 seconds: step 2 of the route Family',
    );
    expect((await of(absent.id, 'email')).why).toBe('Email in any case: step 3 of the route Family');

    // Nobody of that name on IRC: the server says so, and the SMS does not wait.
    const refused = (await parley.ok('POST', toNobody, { text: 'nobody of that name' })).message;
    await until(refused.id, { im: 'failed', email: WENT, sms: WENT });
    expect((await of(refused.id, 'sms')).why).toMatch(/^SMS because IM failed \(.+\): step 2 of the route Family$/);

    // Now she is there, and her client says that it has it: no SMS.
    const person = await XmppPerson.signIn(alice, lab.prosody);
    people.push(person);
    const present = (await parley.ok('POST', toAlice, { text: 'now that you are there' })).message;
    await until(present.id, { im: 'delivered', email: WENT, sms: 'cancelled' });
    expect(await of(present.id, 'sms')).toMatchObject({ reason: 'IM has proven "delivered"', attempts: [] });

    await pause(SETTLED_MS);
    const heard = (text: string) => person.stanzas.filter(({ body }) => body === text).length;
    const counted = [];
    for (const [who, text] of [
      ['alice', 'while you are away'],
      ['nobody', 'nobody of that name'],
      ['alice', 'now that you are there'],
    ] as const)
      counted.push({ text, im: heard(text), sms: texts(who, text), email: await mails(who, text) });
    expect(counted).toEqual([
      { text: 'while you are away', im: 1, sms: 1, email: 1 },
      { text: 'nobody of that name', im: 0, sms: 1, email: 1 },
      { text: 'now that you are there', im: 1, sms: 0, email: 1 },
    ]);
  }, 110_000);

  test('the same from the browser: the route is named, and the ledger says why', async () => {
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const robin = await Visitor.signedIn(browser, parley.url);
    const { page } = robin;
    const write = async (who: keyof typeof PHONES, text: string) => {
      await robin.entry(who).click();
      await robin.button('Send via Family, as usual').waitFor();
      await robin.write(text);
      // Mail and SMS can be taken back for a while; nobody does.
      return robin.message(text);
    };

    const refused = await write('nobody', 'nobody there, by browser');
    await refused.getByRole('link', { name: 'Why' }).click({ timeout: 40_000 });
    const panel = page.getByRole('complementary');
    await panel.getByText(/^SMS because IM failed \(.+\): step 2 of the route Family\.?$/).waitFor({ timeout: 20_000 });
    await panel.getByText(/^Email in any case: step 3 of the route Family\.?$/).waitFor();

    const present = await write('alice', 'you are there, by browser');
    await expect
      .poll(() => lab.smsc.received(PHONES.nobody).filter(({ text }) => text === 'nobody there, by browser').length)
      .toBe(1);
    await expect.poll(() => mails('alice', 'you are there, by browser'), { timeout: 40_000 }).toBe(1);
    await present.waitFor();
    await pause(SETTLED_MS);
    const counts = async (who: keyof typeof PHONES, text: string) => [texts(who, text), await mails(who, text)];
    expect(await counts('nobody', 'nobody there, by browser')).toEqual([1, 1]);
    expect(await counts('alice', 'you are there, by browser')).toEqual([0, 1]);
  }, 120_000);

  test('without a route: the most available buddy, where they wrote last, and an account forced until it goes', async () => {
    const accounts = (await parley.ok('GET', '/accounts')).items as { id: string; network: string }[];
    const idOf = (network: string) => accounts.find((one) => one.network === network)!.id;
    const ada = await IrcPerson.join(lab.ngircd.port, 'ada_r');
    people.push(ada);
    const contact = await parley.ok('POST', '/contacts', {
      name: 'Ada',
      buddies: [{ accountId: idOf('irc'), address: 'ada_r' }],
      addresses: [{ kind: 'phone', value: '+447700900747' }],
    });
    const conversation = `/conversations/${contact.conversationId}`;
    const send = async (text: string) => {
      const { message } = await parley.ok('POST', `${conversation}/messages`, { text });
      await expect.poll(async () => (await ledger(message.id))[0]?.status, { timeout: 20_000 }).toEqual(WENT);
      return (await ledger(message.id))[0]!;
    };
    expect(await send('hello')).toMatchObject({ channel: 'im', why: expect.stringMatching(/^IRC: Ada is /) });
    await parley.ok('PATCH', conversation, { via: idOf('irc') });
    expect(await send('this way')).toMatchObject({ channel: 'im', why: 'IRC: chosen for this conversation' });

    await parley.ok('PATCH', `/accounts/${idOf('irc')}`, { enabled: false });
    await eventually(async () => (await parley.ok('GET', conversation)).via === null || undefined, 20_000);
    expect(await send('and now')).toMatchObject({ channel: 'sms' });
    expect(lab.smsc.received('+447700900747').map(({ text }) => text)).toEqual(['and now']);
  }, 60_000);
}
