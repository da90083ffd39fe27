import { describe, expect, it } from 'vitest';
import { ANSWER_MARK } from './letters.js';
import { addressed, typed } from './typed.js';

const letter = [ANSWER_MARK, '', '3 missed messages from Ann', '', 'Ann (IRC), 28 Nov, 13:05:', '  Are you coming?'];
const quoted = letter.map((line) => `> ${line}`.trimEnd());

/** Answers as mail programs write them: what was typed is always "Yes, at eight.\nBring bread." */
const SAID = ['Yes, at eight.', 'Bring bread.'];
const outlook = (names: string[]) => [
  ...SAID,
  '',
  '________________________________',
  `${names[0]}: Parley <me@example.org>`,
  `${names[1]}: Saturday, November 28, 2026 1:06 PM`,
  `${names[2]}: me@phone.example`,
  `${names[3]}: 3 missed messages from Ann`,
  '',
  ...letter,
];
const table: [string, string[]][] = [
  ['Gmail', [...SAID, '', 'On Sat, Nov 28, 2026 at 1:06 PM Parley <me@example.org> wrote:', '', ...quoted]],
  [
    'Gmail, wrapped',
    [...SAID, '', 'On Sat, Nov 28, 2026 at 1:06 PM Parley Gateway', '<me@example.org> wrote:', '', ...quoted],
  ],
  ['Apple Mail', [...SAID, '', '> On 28 Nov 2026, at 13:06, Parley <me@example.org> wrote:', '> ', ...quoted]],
  [
    'iPhone',
    [...SAID, '', 'Sent from my iPhone', '', '> On 28 Nov 2026, at 13:06, me@example.org wrote:', '> ', ...quoted],
  ],
  ['Thunderbird, German', [...SAID, '', 'Am 28.11.26 um 13:06 schrieb Parley:', ...quoted]],
  ['Thunderbird, French', [...SAID, '', 'Le 28/11/2026 à 13:06, Parley a écrit :', ...quoted]],
  ['Spanish', [...SAID, '', 'El sáb, 28 nov 2026 a las 13:06, Parley (<me@example.org>) escribió:', ...quoted]],
  ['Italian', [...SAID, '', 'Il giorno sab 28 nov 2026 alle ore 13:06 Parley <me@example.org> ha scritto:', ...quoted]],
  ['Dutch', [...SAID, '', 'Op za 28 nov 2026 om 13:06 schreef Parley <me@example.org>:', ...quoted]],
  ['Polish', [...SAID, '', 'W dniu 28.11.2026 o 13:06, Parley pisze:', ...quoted]],
  ['Russian', [...SAID, '', '28.11.2026 13:06, Parley пишет:', ...quoted]],
  [
    'Finnish, by its shape',
    [...SAID, '', 'la 28. marrask. 2026 klo 13.06 Parley (me@example.org) kirjoitti:', ...quoted],
  ],
  ['Japanese', [...SAID, '', '2026年11月28日(土) 13:06 Parley <me@example.org>:', ...quoted]],
  ['Chinese', [...SAID, '', '在 2026/11/28 13:06, Parley 写道:', ...quoted]],
  ['Outlook', outlook(['From', 'Sent', 'To', 'Subject'])],
  ['Outlook, German', outlook(['Von', 'Gesendet', 'An', 'Betreff'])],
  ['Outlook, French', outlook(['De', 'Envoyé', 'À', 'Objet'])],
  ['Outlook, bold', outlook(['*From:*', '*Sent:*', '*To:*', '*Subject:*'].map((name) => name.replace(':*', '*')))],
  [
    'old Outlook',
    [
      ...SAID,
      '',
      '-----Original Message-----',
      'From: Parley [mailto:me@example.org]',
      'Sent: Saturday',
      'To: me',
      'Subject: 3',
      '',
      ...letter,
    ],
  ],
  ['signature', [...SAID, '', '-- ', 'Me, of Example', '', 'On Sat, Nov 28, 2026 Parley wrote:', ...quoted]],
  ['bottom-posting', ['On Sat, Nov 28, 2026 Parley <me@example.org> wrote:', ...quoted, '', ...SAID]],
  [
    'mutt, bottom-posting with a signature',
    ['On Sat, Nov 28, 2026 at 01:06:00PM +0000, Parley wrote:', ...quoted, '', ...SAID, '', '-- ', 'me'],
  ],
  ['quoted already left off', [...SAID]],
  ['quoted left off, its introduction not', [...SAID, '', 'On Sat, Nov 28, 2026 at 1:06 PM Parley wrote:']],
  ['CRLF', [...SAID, '', 'Am 28.11.26 um 13:06 schrieb Parley:', ...quoted].map((line) => `${line}\r`)],
];

describe('typed', () => {
  it.each(table)('%s', (_, lines) => expect(typed(lines.join('\n'))).toBe(SAID.join('\n')));

  it.each([
    ['nothing but the quoted mail', ['On Sat, Nov 28, 2026 Parley wrote:', ...quoted]],
    ['nothing but the mail, as Outlook has it', outlook(['From', 'Sent', 'To', 'Subject']).slice(2)],
  ])('%s is nothing', (_, lines) => expect(typed(lines.join('\n'))).toBe(''));

  it('keeps what looks a little like an introduction', () => {
    expect(typed('Shopping:\nmilk: 2\nbread: 1')).toBe('Shopping:\nmilk: 2\nbread: 1');
    expect(typed('milk: 2\nbread: 1\ncheese: 3')).toBe('milk: 2\nbread: 1\ncheese: 3');
    expect(typed('See you at 8. Bring:')).toBe('See you at 8. Bring:');
  });

  it('takes a hostile text in linear time', () => {
    const since = performance.now();
    typed(`${'On '.repeat(30_000)}:\n${'a: b\n'.repeat(20_000)}`);
    typed(`${'> '.repeat(50_000)}\n${'x@'.repeat(40_000)}:`);
    expect(performance.now() - since).toBeLessThan(500);
  });
});

describe('addressed', () => {
  const two = ['a', 'b'];
  it.each([
    ['yes', ['a'], { is: 'answer', conversationId: 'a', text: 'yes' }],
    ['1 kg', ['a'], { is: 'answer', conversationId: 'a', text: '1 kg' }],
    ['2 see you', two, { is: 'answer', conversationId: 'b', text: 'see you' }],
    ['2: see\nyou', two, { is: 'answer', conversationId: 'b', text: 'see\nyou' }],
    ['#1) ok', two, { is: 'answer', conversationId: 'a', text: 'ok' }],
  ])('"%s" to %j', (said, ids, expected) => expect(addressed(said, ids, 0)).toEqual(expected));

  it.each([
    ['see you', two],
    ['3 see you', two],
    ['0 see you', two],
    ['2', two],
    ['', ['a']],
    ['yes', []],
  ])('"%s" to %j is unclear', (said, ids) => expect(addressed(said, ids, 0).is).toBe('unclear'));

  it('takes files without text', () => {
    expect(addressed('2', two, 1)).toEqual({ is: 'answer', conversationId: 'b', text: '' });
    expect(addressed('', ['a'], 1)).toEqual({ is: 'answer', conversationId: 'a', text: '' });
  });
});
