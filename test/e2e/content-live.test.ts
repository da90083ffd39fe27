import { randomBytes } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { labForms } from '../lab/sheet.ts';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { IrcPerson, MailPerson } from '../support/people.js';

/** One message, fitted to each channel, as real servers pass it on: ngIRCd, Kannel and its phones, Postfix. */
const lab = await labOrSkip(['ngircd', 'mail', 'smsc'], ['people']);

const PHONE = '+447700900741';
const LONG = 'https://shop.example/a/very/long/address/of/a/thing?with=a&query=1';
const FILE_LINK = /^(?<name>.+) \(.+\): (?<url>http:\/\/127\.0\.0\.1:\d+\/f\/[\w-]{22}\?s=[\w-]{22})$/;

if (lab) {
  const parley = await Parley.start();
  const people: { leave(): void }[] = [];
  afterAll(async () => {
    for (const person of people) person.leave();
    await parley.remove();
  });

  const upload = async (bytes: Buffer, name: string): Promise<string> => {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), name);
    const answer = await fetch(`${parley.url}/api/v1/attachments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${parley.token}` },
      body: form,
    });
    return ((await answer.json()) as { id: string }).id;
  };

  test('a photo, formatting, a name and a long address, by IRC, SMS and mail', async () => {
    await parley.setUp();
    const formOf = (network: string, flow: string) =>
      labForms(lab).find((one) => one.network === network && one.flow === flow)!;
    const accounts = [];
    for (const form of [formOf('irc', 'server'), formOf('sms', 'http'), formOf('email', 'password')]) {
      const input = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
      accounts.push(await parley.signIn(form.network, form.flow, input));
    }
    for (const account of accounts) await parley.online(account.id);
    const [irc] = accounts;
    const ada = await IrcPerson.join(lab.ngircd.port, 'ada_c');
    people.push(ada);
    const mail = new MailPerson(lab.mail, 'alice');
    const nick = formOf('irc', 'server').fields.find(({ name }) => name === 'nick')?.value ?? '';
    const contact = await parley.ok('POST', '/contacts', {
      name: 'Ada <b>Lovelace',
      buddies: [{ accountId: irc.id, address: 'ada_c' }],
      addresses: [
        { kind: 'phone', value: PHONE },
        { kind: 'email', value: mail.address },
      ],
    });
    const bytes = randomBytes(120_000);
    const photo = await upload(bytes, 'photo.jpg');
    const body = {
      text: `Dear **{{firstName}}**, see [the shop](${LONG})`,
      format: 'markdown',
      subject: 'For {{name}}',
      attachments: [photo],
      route: { mode: 'all', channels: ['im', 'sms', 'email'] },
      variants: { sms: { text: `{{firstName}}: ${LONG}` } },
      shortenLinks: true,
    };
    const to = `/conversations/${contact.conversationId}/messages`;

    // Without an address that others can open there are no links, and it says what to set.
    const refused = await parley.call('POST', to, body);
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({
      code: 'attachments-not-possible',
      detail: expect.stringContaining('PARLEY_PUBLIC_URL'),
    });
    expect(irc.capabilities.send.attachments).toBe('rejected');
    await parley.down();
    await parley.up({ PARLEY_PUBLIC_URL: parley.url });
    for (const account of accounts) await parley.online(account.id);
    expect((await parley.ok('GET', `/accounts/${irc.id}`)).capabilities.send.attachments).toBe('fallback');

    const preview = await parley.ok('POST', `/conversations/${contact.conversationId}/preview`, body);
    expect(preview).toMatchObject({ total: 1, byChannel: { im: 1, sms: 1, email: 1, none: 0 } });
    type Step = { channel: string; text: string; parts?: number; losses: string[] };
    const stepOf = (channel: string): Step =>
      preview.recipients[0].steps.find((step: Step) => step.channel === channel);

    const { message, deliveries } = await parley.ok('POST', to, body);
    expect(message.text).toBe(`Dear Ada, see the shop (${LONG})`);

    const onIrc = await eventually(() => {
      const lines = ada.heard(nick);
      return lines.length >= 2 ? lines : undefined;
    });
    expect(onIrc[0]).toBe(`Dear Ada, see the shop (${LONG})`);
    const ircLink = FILE_LINK.exec(onIrc[1] ?? '')?.groups ?? {};
    expect(ircLink.name).toBe('photo.jpg');

    const sms = await eventually(() => lab.smsc.received(PHONE)[0]);
    const [words, file = ''] = sms.text.split('\n');
    const short = /^Ada: (http:\S+\/l\/[\w-]{9})$/.exec(words ?? '')?.[1] ?? '';
    expect(FILE_LINK.exec(file)?.groups?.url).toBe(ircLink.url);

    // What was shown before is what arrived, as long as it said, in as many parts.
    const withoutLinks = (text: string) => text.replace(/\/(f|l)\/[\w?=-]+/g, '/$1/…');
    expect(withoutLinks(stepOf('sms').text)).toBe(withoutLinks(sms.text));
    expect(withoutLinks(stepOf('im').text)).toBe(withoutLinks(onIrc.slice(0, 2).join('\n')));
    expect(stepOf('sms').losses).toEqual(
      expect.arrayContaining([expect.stringMatching(/^1 file goes as a link until /)]),
    );
    const ledger = (await parley.ok('GET', `/messages/${message.id}/deliveries`)).items;
    for (const { id, channel } of deliveries as { id: string; channel: string }[]) {
      const attempts = ledger.find((one: { id: string }) => one.id === id).attempts;
      if (channel !== 'email' && attempts[0].parts !== undefined) expect(stepOf(channel).parts).toBe(attempts[0].parts);
    }

    const letter = await eventually(async () => (await mail.inbox()).find((one) => one.subject?.startsWith('For Ada')));
    expect(letter.subject).toBe('For Ada <b>Lovelace');
    expect(letter.html).toContain(
      `<p>Dear <strong>Ada</strong>, see <a href="${LONG.replace('&', '&amp;')}">the shop</a></p>`,
    );
    expect(letter.attachments[0]?.content).toEqual(bytes);

    const fetched = await fetch(ircLink.url ?? '');
    expect(Buffer.from(await fetched.arrayBuffer())).toEqual(bytes);
    expect(fetched.headers.get('content-disposition')).toContain('attachment; filename="photo.jpg"');
    const led = await fetch(short, { redirect: 'manual' });
    expect([led.status, led.headers.get('location')]).toEqual([302, LONG]);

    await parley.ok('DELETE', `/messages/${message.id}/links`);
    for (const url of [ircLink.url ?? '', short]) expect((await fetch(url, { redirect: 'manual' })).status).toBe(410);

    // What is answered is quoted where the network cannot point to it.
    await ada.say(nick, 'which one?');
    const asked = await eventually(async () =>
      (await parley.ok('GET', `${to}?limit=5`)).items.find((one: { text: string }) => one.text === 'which one?'),
    );
    await parley.ok('POST', to, { text: 'The blue one', replyTo: asked.id, via: irc.id });
    await eventually(() => ada.heard(nick).includes('The blue one') || undefined);
    expect(ada.heard(nick).slice(-2)).toEqual(['> ada_c: which one?', 'The blue one']);
  }, 180_000);
}
