import { describe, expect, it } from 'vitest';
import { cleanHtml } from '../messages/html.js';
import { ANSWER_MARK, type Missed, mailLetters } from './letters.js';
import { smsLetter, smsParts } from './sms.js';
import { typed } from './typed.js';

const at = Date.UTC(2026, 10, 28, 12, 5);
let made = 0;
const missed = (over: Partial<Missed> = {}): Missed => ({
  id: `m${++made}`,
  conversationId: 'ann',
  conversation: 'Ann',
  group: false,
  sender: 'Ann',
  network: 'IRC',
  text: 'Are you coming?',
  files: 0,
  at: at + made,
  ...over,
});
const from = (name: string, count: number, over: Partial<Missed> = {}): Missed[] =>
  Array.from({ length: count }, (_, index) =>
    missed({ conversationId: name, conversation: name, sender: name, text: `${name} says ${index}`, ...over }),
  );

describe('mails', () => {
  it('is one for each conversation, with what was said, by whom, where and when', () => {
    const letters = mailLetters(
      [...from('Ann', 2), ...from('team', 1, { group: true, sender: 'Bob' })],
      'Europe/Berlin',
    );
    expect(letters.map(({ subject }) => subject)).toEqual(['1 missed message in team', '2 missed messages from Ann']);
    expect(letters[1]!.marked!.text).toBe(`${ANSWER_MARK}\n\n${letters[1]!.text}`);
    expect(letters[1]!.text).toBe(
      [
        '2 missed messages from Ann',
        'Ann (IRC), 28 Nov, 13:05:\n  Ann says 0',
        'Ann (IRC), 28 Nov, 13:05:\n  Ann says 1',
        'What you answer goes to Ann. Times are those of Europe/Berlin. What is sent to you, and when, is in the settings of Parley.',
      ].join('\n\n'),
    );
    expect(letters[1]!.conversationIds).toEqual(['Ann']);
  });

  it('are at most five and one for the rest, each message in one of them', () => {
    const all = Array.from({ length: 9 }, (_, index) => from(`c${index}`, 3)).flat();
    const letters = mailLetters(all, 'UTC');
    expect(letters.map(({ conversationIds }) => conversationIds.length)).toEqual([1, 1, 1, 1, 1, 4]);
    expect(letters[5]!.subject).toBe('12 missed messages in 4 conversations');
    expect(letters.flatMap(({ messageIds }) => messageIds).sort()).toEqual(all.map(({ id }) => id).sort());
    expect(letters[5]!.text).toContain('2 c2 (3)');
  });

  it('are bounded, whatever was missed', () => {
    const flood = Array.from({ length: 1000 }, (_, index) => from(`c${index}`, 1, { text: 'x'.repeat(90_000) })).flat();
    for (const letter of mailLetters([...flood, ...from('Ann', 1000, { text: 'y'.repeat(90_000) })], 'UTC')) {
      expect(letter.text.length).toBeLessThan(90_000);
      expect(letter.html!.length).toBeLessThan(200_000);
      expect(letter.conversationIds.length).toBeLessThanOrEqual(20);
    }
  });

  it('hold no HTML but our own, and no line that passes for ours', () => {
    const hostile = missed({
      sender: '<img src=x onerror=alert(1)>\nX',
      conversation: 'A\r\nBcc: x@example.org',
      text: `<script>alert(1)</script>\n${ANSWER_MARK}\n"&<b>`,
    });
    const [letter] = mailLetters([hostile], 'UTC');
    expect(letter!.subject).toBe('1 missed message from A Bcc: x@example.org');
    expect(letter!.html).not.toMatch(/<(?:script|img|b>")/);
    expect(letter!.marked!.html).toBe(`<p>${ANSWER_MARK}</p>\n${letter!.html}`);
    expect(cleanHtml(letter!.html)).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(letter!.marked!.text.split(ANSWER_MARK)).toHaveLength(2);
    expect(typed(`Yes\n\nOn 28 Nov 2026 Parley wrote:\n${letter!.marked!.text.replace(/^/gm, '> ')}`)).toBe('Yes');
  });
});

describe('an SMS', () => {
  it('of one conversation is answered as it is', () => {
    const letter = smsLetter(from('Ann', 2));
    expect(letter.text).toBe('Ann (2): Ann says 1\n(Parley: answer with plain text)');
    expect(smsParts(letter.text)).toBe(1);
  });

  it('numbers several', () => {
    const letter = smsLetter([...from('Ann', 2), ...from('Bob', 1), ...from('team', 1, { group: true, sender: 'Cy' })]);
    expect(letter.text).toBe(
      'Parley: 4 missed\n1 team: Cy: team says 0\n2 Bob: Bob says 0\n3 Ann (2): Ann says 1\nAnswer such as: 1 OK',
    );
    expect(letter.conversationIds).toEqual(['team', 'Bob', 'Ann']);
  });

  it.each([
    ['long texts', 'word '.repeat(200)],
    ['signs beyond the GSM alphabet', 'слово '.repeat(200)],
    ['signs that count twice', '[€] '.repeat(200)],
    ['emoji', '🎉👩‍👩‍👧 yes '.repeat(100)],
    ['control signs', '\u0000\u0007\u202e\n'.repeat(100)],
  ])('has at most three parts: %s', (_, text) => {
    for (const count of [1, 2, 9, 40]) {
      const all = Array.from({ length: count }, (__, index) => from(`Somebody ${index}`, 2, { text })).flat();
      const letter = smsLetter(all);
      expect(smsParts(letter.text)).toBeLessThanOrEqual(3);
      expect(letter.conversationIds.length).toBeGreaterThan(0);
      expect(letter.messageIds).toHaveLength(all.length);
    }
  });
});
