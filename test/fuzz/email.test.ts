import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressFromInput, oneLine } from '../../src/adapters/email/addresses.js';
import { readAutoconfig } from '../../src/adapters/email/autoconfig.js';
import { Book } from '../../src/adapters/email/cursor.js';
import { foldReply } from '../../src/adapters/email/fold.js';
import { textOfHtml } from '../../src/adapters/email/html.js';
import { isMessageId, MessageIds, messageIds } from '../../src/adapters/email/ids.js';
import { Inbound } from '../../src/adapters/email/inbound.js';
import { limits } from '../../src/sdk/index.js';
import { bytes, holds, line, long, patience, quickly, text } from './hostile.js';

const own = 'me@parley.test';
const ids = new MessageIds(Buffer.alloc(32, 7).toString('base64'), own);

const headerName = fc.constantFrom(
  ...['From', 'To', 'Cc', 'Subject', 'Date', 'Message-ID', 'References', 'In-Reply-To', 'MIME-Version', 'Content-Type'],
  ...['Content-Transfer-Encoding', 'Content-Disposition', 'Auto-Submitted', 'List-Id', 'Return-Path', '__proto__', ''],
);
const headerValue = fc.oneof(
  text,
  fc.constantFrom(
    ...[
      'multipart/mixed; boundary=b',
      'multipart/report; report-type=delivery-status; boundary="b"',
      'text/html; charset=x-no',
    ],
    ...[
      'message/rfc822',
      'application/ms-tnef; name=winmail.dat',
      'text/plain; format=flowed; delsp=yes',
      'base64',
      'quoted-printable',
    ],
    ...[
      'attachment; filename="../../x\0.html"',
      `Alice <alice@x.test>`,
      own,
      'auto-replied',
      '<a@b>',
      ids.mint('k', 'to:a@x.test'),
    ],
  ),
);
const header = fc
  .tuple(headerName, headerValue, fc.constantFrom('\r\n', '\n', '\r', '\r\n '))
  .map(([name, value, end]) => `${name}: ${value}${end}`);
const part = fc.oneof(
  bytes,
  text.map((words) => Buffer.from(words)),
  fc.constantFrom('\r\n--b\r\n', '\r\n--b--\r\n', '\r\n\r\n', '\n--b\n').map((words) => Buffer.from(words)),
);
/** A mail as the grammar has it, more or less. */
const mail = fc
  .tuple(
    fc.array(header, { maxLength: 12 }),
    fc.array(
      fc.oneof(
        part,
        header.map((words) => Buffer.from(words)),
      ),
      { maxLength: 12 },
    ),
  )
  .map(([headers, body]) => Buffer.concat([Buffer.from(`${headers.join('')}\r\n`), ...body]));

test(
  'a mail is read, or reported as one that cannot be',
  () =>
    holds(fc.tuple(fc.oneof(mail, bytes), fc.boolean(), fc.boolean()), async ([source, sent, cut]) => {
      const inbound = new Inbound(ids, own, new Book(undefined, ''), () => 0);
      for (const event of await inbound.events({ uid: 1, at: 0, source, cut }, { backfill: false, sent })) {
        if (event.type !== 'message') continue;
        expect(event.id.length).toBeLessThanOrEqual(limits.idLength);
        expect(event.chat.id.length).toBeLessThanOrEqual(limits.idLength);
        expect(event.text.length).toBeLessThanOrEqual(limits.textLength);
        expect(event.chat.name ?? '').not.toMatch(/[\r\n\0]/);
        for (const { name } of event.attachments ?? []) expect(name).not.toMatch(/[\r\n\0/\\]/);
      }
    }),
  patience,
);

test(
  'what is quoted is left off in bounded time, and what remains was written',
  () =>
    holds(
      fc.oneof(
        text,
        long,
        fc
          .array(fc.oneof(text, fc.constantFrom('\n', '> ', 'On Tue, Bob wrote:\n', '-- \n')), { maxLength: 200 })
          .map((all) => all.join('')),
      ),
      (words) => {
        const folded = quickly(() => foldReply(words));
        expect(folded.length).toBeLessThanOrEqual(words.length);
        if (words.trim() !== '') expect(folded).not.toBe('');
      },
    ),
  patience,
);

test(
  'HTML is a text, or is not looked at, in bounded time',
  () =>
    holds(fc.oneof(text, long), (html) => {
      const words = quickly(() => textOfHtml(html), 5_000);
      if (words !== undefined) expect(typeof words).toBe('string');
      quickly(() => readAutoconfig(html, own));
    }),
  patience,
);

test(
  'an address is one address, a header value one line, an id one id',
  () =>
    holds(fc.oneof(text, long), (words) => {
      const address = quickly(() => addressFromInput(words));
      if (address !== undefined) expect(address).not.toMatch(/[\s,;<>"\0]/);
      const flat = quickly(() => oneLine(words, 200));
      expect(flat).not.toMatch(/[\r\n\0\u2028\u2029\u202e]/);
      expect(flat.isWellFormed()).toBe(true);
      for (const id of quickly(() => messageIds(words))) expect(isMessageId(id)).toBe(true);
      expect(ids.read(words)).toBeUndefined();
    }),
  patience,
);

test(
  'an id of ours brings its chat back, and no other does',
  () =>
    holds(fc.tuple(line, fc.uuid(), fc.nat(), fc.nat(255)), ([chat, key, at, sign]) => {
      const id = ids.mint(key, chat);
      const said = ids.read(id);
      expect(said).toEqual({ chat: chat.length <= 220 && chat !== '' ? chat.toWellFormed() : undefined });
      const place = 8 + (at % (id.indexOf('@') - 8));
      const other = id.slice(0, place) + String.fromCharCode(sign) + id.slice(place + 1);
      const forged = ids.read(other);
      if (forged !== undefined) expect(forged).toEqual(said);
    }),
  patience,
);
