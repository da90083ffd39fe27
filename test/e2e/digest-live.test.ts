import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { labForms } from '../lab/sheet.ts';
import { labOrSkip } from '../support/lab.js';
import { MailProgram, type ReadMail } from '../support/mail-program.js';
import { eventually, Parley } from '../support/parley.js';
import { IrcPerson } from '../support/people.js';

/** Ann is on ngIRCd, the user's mailboxes on Postfix and Dovecot; what is answered from the second one reaches Ann. */
const lab = await labOrSkip(['ngircd', 'mail'], ['people']);

type Message = { id: string; text: string; direction: string; format: string; status?: string };

if (lab) {
  const parley = await Parley.start();
  const ann = await IrcPerson.join(lab.ngircd.port, 'ann');
  const pocket = new MailProgram(lab.mail, 'bob');
  const stranger = new MailProgram(lab.mail, 'alice');
  afterAll(async () => {
    ann.leave();
    await parley.remove();
  });

  const digestsIn = async () => (await pocket.read()).filter(({ headers }) => headers.subject?.includes('missed'));
  const answer = (from: MailProgram, to: ReadMail, text: string) =>
    from.send({
      headers: {
        ...{ From: from.address, To: to.headers.from ?? '', Subject: `Re: ${to.headers.subject}` },
        ...{ 'In-Reply-To': to.headers['message-id'] ?? '', References: to.headers['message-id'] ?? '' },
      },
      text: `${text}\n\nOn ${to.headers.date}, Parley <${to.headers.from}> wrote:\n${to.text.replace(/^/gm, '> ')}\n`,
    });

  test('missed on IRC, told by mail, answered by mail, heard on IRC', { timeout: 150_000 }, async () => {
    await parley.setUp();
    const accounts: Record<string, { id: string }> = {};
    for (const form of labForms(lab)) {
      const input = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
      accounts[form.network] = await parley.signIn(form.network, form.flow, input);
    }
    for (const { id } of Object.values(accounts)) await parley.online(id);
    const { conversation } = await parley.ok('POST', '/chats', { accountId: accounts.irc?.id, address: 'ann' });
    await parley.ok('PUT', '/digest', {
      ...{ enabled: true, accountId: accounts.email?.id, address: pocket.address, awayMinutes: 1, everyMinutes: 1 },
      ...{ include: 'direct', quiet: null, zone: 'Europe/Berlin' },
    });
    // A page that stands open on an empty desk.
    const idle = new WebSocket(`${parley.url.replace('http', 'ws')}/api/v1/stream`, {
      headers: { authorization: `Bearer ${parley.token}` },
    });
    await ann.say('parley', 'Are you coming tonight?');
    await ann.say('parley', 'We start at eight <b>sharp</b>.');
    await eventually(async () => {
      const { items } = await parley.ok('GET', `/conversations/${conversation.id}/messages`);
      return items.length === 2 || undefined;
    });
    idle.on('error', () => {});
    await parley.kill();
    await parley.up();

    const mail = await eventually(async () => (await digestsIn())[0], 90_000);
    expect(mail.headers.subject).toBe('2 missed messages from ann');
    expect(mail.text).toContain('  Are you coming tonight?');
    expect(mail.html).toContain('We start at eight &lt;b&gt;sharp&lt;/b&gt;.');

    await answer(stranger, mail, 'I am not the one');
    await answer(pocket, mail, 'Yes, at eight.\nI bring bread.');
    await eventually(() => ann.heard('parley').includes('I bring bread.') || undefined, 30_000);
    await parley.kill();
    await parley.up();
    for (const { id } of Object.values(accounts)) await parley.online(id);
    await sleep(3_000);
    expect(ann.heard('parley')).toEqual(['Yes, at eight.', 'I bring bread.']);
    expect(await digestsIn()).toHaveLength(1);
    const { items } = await parley.ok('GET', `/conversations/${conversation.id}/messages`);
    expect(items.map(({ text, direction }: Message) => `${direction} ${text}`)).toEqual([
      'out Yes, at eight.\nI bring bread.',
      'in We start at eight <b>sharp</b>.',
      'in Are you coming tonight?',
    ]);
    const digest = (await parley.ok('GET', '/conversations')).items.find(
      ({ name }: { name: string }) => name === 'Digest',
    );
    expect(digest.unread).toBe(0);
    expect(await parley.ok('GET', '/digest')).toMatchObject({ enabled: true, lastSentAt: expect.any(String) });
  });
}
