import { beforeEach, describe, expect, it } from 'vitest';
import { type Event, limits, type MessageEvent } from '../../sdk/index.js';
import { Book } from './cursor.js';
import { MessageIds } from './ids.js';
import { bareSubject, Inbound } from './inbound.js';

const own = 'me@parley.test';
const at = Date.UTC(2026, 10, 24, 12);
let inbound: Inbound;
let now: number;
beforeEach(() => {
  now = at;
  inbound = new Inbound(
    new MessageIds(Buffer.alloc(32, 7).toString('base64'), own),
    own,
    new Book(undefined, ''),
    () => now,
  );
});

const read = async (mail: string | Buffer): Promise<MessageEvent> => {
  const source = typeof mail === 'string' ? Buffer.from(mail.replace(/\r?\n/g, '\r\n')) : mail;
  const events: Event[] = await inbound.events({ uid: 1, at, source, cut: false }, { backfill: false, sent: false });
  const [event] = events;
  if (event?.type !== 'message' || events.length !== 1) throw new Error(`not one message: ${JSON.stringify(events)}`);
  expect(event.id.length).toBeLessThanOrEqual(limits.idLength);
  expect(event.chat.id.length).toBeLessThanOrEqual(limits.idLength);
  expect(event.text.length).toBeLessThanOrEqual(limits.textLength);
  return event;
};
const head = (more = '') => `From: Alice <alice@x.test>\nTo: ${own}\nSubject: Hi\n${more}`;

describe('hostile mail', () => {
  it('is read or reported, never thrown, and never slowly', async () => {
    let nested = 'Content-Type: text/plain\n\ndeep down\n';
    for (let i = 0; i < 500; i++)
      nested = `Content-Type: multipart/mixed; boundary="b${i}"\n\n--b${i}\n${nested}\n--b${i}--\n`;
    const crowd = Array.from({ length: 10_000 }, (_, i) => `p${i}@x.test`).join(',\n ');
    const parts = `--b\nContent-Type: text/plain\n\nx\n`.repeat(5000);
    const cases: Record<string, string | Buffer> = {
      nested: `${head('Message-ID: <n@x>\nMIME-Version: 1.0\n')}${nested}`,
      crowd: `From: alice@x.test\nTo: ${crowd}\nMessage-ID: <c@x>\n\nhello everybody\n`,
      endless: `${head('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="never"\n')}\n--never\nContent-Type: text/plain\n\nno end`,
      parts: `${head('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n')}\n${parts}`,
      charset: `${head('MIME-Version: 1.0\nContent-Type: text/plain; charset="x-no-such"\n')}\nplain \xff\xfe`,
      html: `${head('MIME-Version: 1.0\nContent-Type: text/html\n')}\n${'<b>'.repeat(100_000)}deep`,
      quotes: `${head()}\n${'On a wrote:\n--\n>\n'.repeat(20_000)}`,
      schreef: `${head()}\n${'Op schreef '.repeat(20_000)}\n`,
      references: `${head(`References: ${'<a@b> '.repeat(50_000)}\n`)}\nx`,
      binary: Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 256)),
      empty: Buffer.alloc(0),
      header: `${head()}X: ${'y'.repeat(2_000_000)}\n\nbody`,
      proto: `${head('__proto__: x\nconstructor: y\n')}\nproto`,
    };
    for (const [name, mail] of Object.entries(cases)) {
      const started = performance.now();
      const event = await read(mail);
      expect(event.text, name).not.toBe('');
      expect(performance.now() - started, `${name} took too long`).toBeLessThan(8000);
    }
    expect((await read(cases.crowd!)).chat.kind).toBe('group');
    expect(inbound.book.thread('<c@x>')?.crowd).toBe(true);
    expect((await read(cases.parts!)).format).toBe('system');
  }, 60_000);

  it('gives a missing, doubled or unfit Message-ID a stable id of its own', async () => {
    const missing = `${head()}\none`;
    expect((await read(missing)).id).toMatch(/^hash:/);
    expect((await read(missing)).id).toBe((await read(missing)).id);
    expect((await read(`${head('Message-ID: <a@x>\nMessage-ID: <b@x>\n')}\none`)).id).toMatch(/^hash:/);
    expect((await read(`${head(`Message-ID: <${'a'.repeat(600)}@x>\n`)}\none`)).id).toMatch(/^hash:/);
    expect((await read(`${head('Message-ID: <a b@x>\n')}\none`)).id).toMatch(/^hash:/);
    expect((await read(`${head('Message-ID: <ok@x>\n')}\none`)).id).toBe('<ok@x>');
  });

  it('does not let somebody else pass as us or replace our mail', async () => {
    const ours = inbound.ids.mint('k', 'to:alice@x.test');
    const forged = await read(`${head(`Message-ID: ${ours}\n`)}\nforged`);
    expect(forged.from?.id).toBe('alice@x.test');
    expect(forged.id).not.toBe(ours);
    const self = await read(`From: ${own}\nTo: ${own}\nMessage-ID: <s@x>\n\nfrom me?`);
    expect(self.from?.id).toBe(own);
  });

  it('keeps names, subjects and file names to one harmless line', async () => {
    const event = await read(
      `From: =?utf-8?Q?Al=0D=0Aice=E2=80=AE?= <alice@x.test>\nFrom: evil@x.test\nTo: ${own}\nSubject: =?utf-8?Q?a=0D=0ABcc:_x?=\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; name="../../etc/passwd"\nContent-Disposition: attachment; filename="../../etc/pass\\wd"\n\nx\n--b--\n`,
    );
    expect(event.from).toEqual({ id: 'alice@x.test', address: 'alice@x.test', name: 'Al ice' });
    expect(event.chat.subject).toBe('a Bcc: x');
    expect(event.attachments?.[0]?.name).not.toMatch(/[\\/]/);
  });
});

describe('what a mail says', () => {
  it('turns HTML into text and keeps the HTML', async () => {
    const event = await read(
      `${head('MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n')}\n<h1>Hi</h1><p>See <a href="https://x.test/">this</a></p><div class="gmail_quote">On Tue, 3 Nov 2026 at 10:00, Me &lt;me@parley.test&gt; wrote:<br><blockquote>old words</blockquote></div>`,
    );
    expect(event.format).toBe('html');
    expect(event.text).toBe('Hi\n\nSee this [https://x.test/]');
    expect(event.html).toContain('old words');
  });

  it('marks what programs and lists send as a notice', async () => {
    for (const line of ['Auto-Submitted: auto-replied', 'Precedence: bulk', 'List-Id: <l.x.test>', 'X-Loop: x']) {
      expect((await read(`${head(`${line}\n`)}\nOut of office`)).format).toBe('notice');
    }
    expect((await read(`${head('Auto-Submitted: no\n')}\nperson`)).format).toBe('plain');
  });

  it('hands over attachments whole', async () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 256));
    const event = await read(
      `${head('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n')}\n--b\nContent-Type: text/plain\n\nsee file\n--b\nContent-Type: image/png\nContent-Disposition: attachment; filename="a.png"\nContent-Transfer-Encoding: base64\n\n${bytes.toString('base64').replace(/.{76}/g, '$&\n')}\n--b--\n`,
    );
    expect(event.text).toBe('see file');
    expect(event.attachments).toMatchObject([{ name: 'a.png', type: 'image/png', size: 5000 }]);
    expect(Buffer.from(event.attachments![0]!.content).equals(bytes)).toBe(true);
  });

  it('keeps a thread together whoever writes, and by its first Message-ID', async () => {
    const first = await read(`${head('Message-ID: <1@x>\n')}\none`);
    const second = await read(`${head('Message-ID: <2@x>\nIn-Reply-To: <1@x>\nReferences: <1@x>\n')}\ntwo`);
    const third = await read(
      `From: bob@x.test\nTo: ${own}, alice@x.test\nMessage-ID: <3@x>\nReferences: <1@x> <2@x>\n\nthree`,
    );
    const late = await read(`${head('Message-ID: <9@x>\nIn-Reply-To: <unknown@x>\n')}\nlate`);
    expect([first.chat.id, second.chat.id, third.chat.id, late.chat.id]).toEqual([
      '<1@x>',
      '<1@x>',
      '<1@x>',
      '<unknown@x>',
    ]);
    expect([first.chat.kind, third.chat.kind]).toEqual(['direct', 'group']);
  });

  it('follows a thread whose long Message-IDs somebody wrote as encoded words', async () => {
    const id = inbound.ids.mint('k', 'to:alice@x.test');
    const encode = (text: string) =>
      `=?utf-8?q?${text.replace(/[^A-Za-z0-9]/g, (char) => `=${char.charCodeAt(0).toString(16).toUpperCase()}`)}?=`;
    const words = `${encode(id.slice(0, 30))}\n ${encode(id.slice(30))}`;
    const answer = await read(`${head(`Message-ID: <1@x>\nIn-Reply-To: ${words}\n`)}\nyes`);
    expect(answer).toMatchObject({ chat: { id: 'to:alice@x.test' }, replyTo: id });
  });

  it('believes a date only near the time of arrival', async () => {
    expect((await read(`${head('Date: Tue, 24 Nov 2026 11:00:00 +0000\n')}\nx`)).at).toBe(at - 3_600_000 + 999);
    expect((await read(`${head('Date: Fri, 01 Jan 2099 00:00:00 +0000\n')}\nx`)).at).toBe(at);
    expect((await read(`${head('Date: Thu, 01 Jan 1970 00:00:00 +0000\n')}\nx`)).at).toBe(at);
  });

  it('places news at the latest moment of the second it is dated to', async () => {
    const mail = `${head('Date: Tue, 24 Nov 2026 12:00:00 +0000\n')}\nx`;
    now = at + 400;
    expect((await read(mail)).at).toBe(at + 400);
    now = at + 60_000;
    expect((await read(mail)).at).toBe(at + 999);
    now = at - 60_000;
    expect((await read(mail)).at).toBe(at);
  });

  it('strips answer marks from subjects', () => {
    expect(bareSubject('Re: AW: RE[2]: Plan: B')).toBe('Plan: B');
    expect(bareSubject('Regarding')).toBe('Regarding');
  });

  it('hands over the parts that its HTML shows, and names those without a name', async () => {
    const part = (type: string, id: string, more = '') =>
      `--b\nContent-Type: ${type}\n${id && `Content-ID: <${id}>\n`}${more}Content-Transfer-Encoding: base64\n\nAAEC\n`;
    const event = await read(
      `${head('MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n')}\n--b\nContent-Type: text/html\n\n<p>See <img src="cid:logo@x"> and <img src="https://x.test/spy.png"></p>\n${part('image/png', 'logo@x', 'Content-Disposition: inline\n')}${part('text/calendar; method=REQUEST', '', 'Content-Disposition: attachment\n')}${part('application/ms-tnef', '')}--b--\n`,
    );
    expect(event.html).toContain('src="cid:logo@x"');
    expect(event.attachments?.map(({ name, type, contentId }) => [name, type, contentId])).toEqual([
      ['image-1.png', 'image/png', 'logo@x'],
      ['invitation-2.ics', 'text/calendar', undefined],
      ['winmail-3.dat', 'application/ms-tnef', undefined],
    ]);
  });

  it('hands over a mail within a mail, and an invitation that is an alternative', async () => {
    const event = await read(
      `${head('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n')}\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nCome?\n--c\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--c--\n--b\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\nSubject: inner\n\ninside\n--b--\n`,
    );
    expect(event.text).toContain('Come?');
    expect(event.attachments?.map(({ name, type }) => [name, type])).toEqual([
      ['invitation-1.ics', 'text/calendar'],
      ['mail-2.eml', 'message/rfc822'],
    ]);
  });
});

describe('threads without References', () => {
  const first = async () => (await read(`${head('Message-ID: <1@x>\n')}\none`)).chat.id;
  const answer = (from: string, subject: string, id: string) =>
    read(`From: ${from}\nTo: ${own}\nSubject: ${subject}\nMessage-ID: ${id}\n\nx`);

  it('are told by the subject, the people and the time', async () => {
    const chat = await first();
    expect((await answer('alice@x.test', 'RE: hi', '<2@x>')).chat.id).toBe(chat);
    expect((await answer('alice@x.test', 'Hi', '<3@x>')).chat.id).toBe('<3@x>');
    expect((await answer('alice@x.test', 'Re: Hi there', '<4@x>')).chat.id).toBe('<4@x>');
    expect((await answer('carol@x.test', 'Re: Hi', '<5@x>')).chat.id).toBe('<5@x>');
    now = at + 15 * 86_400_000;
    expect((await answer('alice@x.test', 'Re: Hi', '<6@x>')).chat.id).toBe('<6@x>');
  });

  it('stay where they were put when the mail is read again, whatever has happened since', async () => {
    const chat = await first();
    await answer('alice@x.test', 'Re: Hi', '<2@x>');
    const cursor = inbound.book.at('INBOX', { uidValidity: '1', lastUid: 2, lastAt: at, fromUid: 1 });
    const later = new Inbound(inbound.ids, own, new Book(cursor, ''), () => at + 40 * 86_400_000);
    inbound = later;
    for (let n = 0; n < 100; n++) await answer(`p${n}@x.test`, `Other ${n}`, `<o${n}@x>`);
    expect((await answer('alice@x.test', 'Re: Hi', '<2@x>')).chat.id).toBe(chat);
  });
});

describe('what we sent with another program', () => {
  const sent = async (mail: string) => {
    const source = Buffer.from(mail.replace(/\r?\n/g, '\r\n'));
    const [event] = await inbound.events({ uid: 1, at, source, cut: false }, { backfill: false, sent: true });
    if (event?.type !== 'message') throw new Error('no message');
    return event;
  };

  it('is ours whatever address it was sent from, and in the chat it belongs to', async () => {
    const alone = await sent(`From: alias@x.test\nTo: Alice <alice@x.test>\nMessage-ID: <1@x>\nSubject: Hi\n\nx`);
    expect(alone.from).toBeUndefined();
    expect(alone.chat).toMatchObject({ id: 'to:alice@x.test', kind: 'direct', name: 'Alice' });
    const group = await sent(`From: ${own}\nTo: alice@x.test, bob@x.test\nMessage-ID: <2@x>\n\nx`);
    expect(group.chat).toMatchObject({ id: '<2@x>', kind: 'group' });
    const reply = await sent(`From: ${own}\nTo: bob@x.test\nMessage-ID: <3@x>\nReferences: <root@x>\n\nx`);
    expect(reply.chat.id).toBe('<root@x>');
    expect(inbound.book.thread('<root@x>')).toMatchObject({ people: ['bob@x.test'], refs: ['<root@x>', '<3@x>'] });
  });
});
