import { describe, expect, it } from 'vitest';
import { foldReply } from './fold.js';

const cases: [string, string, string][] = [
  ['a plain mail', 'Hello\n\nHow are you?', 'Hello\n\nHow are you?'],
  ['an answer on top', 'Yes.\n\nOn Tue, 3 Nov 2026 at 10:00, Bob <b@x.test> wrote:\n> Coming?\n> Bob', 'Yes.'],
  [
    'an attribution over two lines',
    'Yes.\n\nOn Tue, 3 Nov 2026 at 10:00, Bob the Builder\n<b@x.test> wrote:\n\n> Coming?',
    'Yes.',
  ],
  ['an answer below', 'On Tue, 3 Nov 2026, Bob wrote:\n> Coming?\n\nYes, at eight.', 'Yes, at eight.'],
  [
    'answers in between',
    'Hi Bob,\n\nOn Tue, 3 Nov 2026, Bob wrote:\n> Coming?\nYes.\n> With cake?\nNo.',
    'Hi Bob,\n\nYes.\nNo.',
  ],
  ['a signature', 'See you\n-- \nAlice\nDirector of Things', 'See you'],
  ['a phone', 'See you\n\nSent from my iPhone', 'See you'],
  ['Outlook', 'Fine.\n\nFrom: Bob <b@x.test>\nSent: Tuesday\nTo: Alice\nSubject: Plan\n\nComing?', 'Fine.'],
  ['an original message', 'Fine.\n\n-----Original Message-----\nold', 'Fine.'],
  ['German', 'Ja.\n\nAm 3.11.2026 um 10:00 schrieb Bob <b@x.test>:\n> Kommst du?', 'Ja.'],
  [
    'a forwarded mail, kept',
    'FYI\n\n---------- Forwarded message ---------\nFrom: Bob\n\nnews',
    'FYI\n\n---------- Forwarded message ---------\nFrom: Bob\n\nnews',
  ],
  ['only a quote, kept', '> all there is', '> all there is'],
  [
    'words that only look like it',
    'On Monday I wrote: a letter.\nFrom: my heart',
    'On Monday I wrote: a letter.\nFrom: my heart',
  ],
];

describe('folding', () => {
  it.each(cases)('%s', (_name, text, visible) => {
    expect(foldReply(text)).toBe(visible);
    expect(foldReply(text.replaceAll('\n', '\r\n'))).toBe(visible);
  });
});
