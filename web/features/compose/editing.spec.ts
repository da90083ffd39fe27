import { expect, it } from 'vitest';
import { applied, type Change, continued, fenced, inserted, linked, marked, prefixed, type Selected } from './editing';

/** `[` and `]` are where the selection begins and ends; `|` is a caret. */
function read(drawn: string): Selected {
  const start = drawn.search(/[|«]/);
  const end = drawn.includes('«') ? drawn.indexOf('»') - 1 : start;
  return { text: drawn.replace(/[|«»]/g, ''), start, end };
}
const drawn = ({ text, start, end }: Selected): string =>
  start === end
    ? `${text.slice(0, start)}|${text.slice(start)}`
    : `${text.slice(0, start)}«${text.slice(start, end)}»${text.slice(end)}`;
const after = (before: string, change: (selected: Selected) => Change | null): string | null => {
  const selected = read(before);
  const made = change(selected);
  return made && drawn(applied(selected, made));
};

it.each([
  ['a «word» here', '**', 'a **«word»** here'],
  ['a **«word»** here', '**', 'a «word» here'],
  ['a «**word**» here', '**', 'a «word» here'],
  ['a «word » here', '_', 'a _«word»_  here'],
  ['|', '**', '**|**'],
  ['**|**', '**', '|'],
  ['a **word|**', '**', 'a **word**|'],
  ['**«word»**', '*', '***«word»***'],
  ['***«word»***', '*', '**«word»**'],
  ['***«word»***', '**', '*«word»*'],
  ['«a `b» c', '~~', '~~«a `b»~~ c'],
])('marks: %s with %s is %s', (before, mark, wanted) => {
  expect(after(before, (selected) => marked(selected, mark))).toBe(wanted);
});

it.each([
  ['milk|', 'bullet', '- milk|'],
  ['- milk|', 'bullet', 'milk|'],
  ['«milk\nbread»', 'number', '«1. milk\n2. bread»'],
  ['«- milk\n- bread»', 'number', '«1. milk\n2. bread»'],
  ['first\n«sec»ond', 'quote', 'first\n> second|'],
  ['> said|', 'quote', 'said|'],
] as const)('lines: %s as %s is %s', (before, kind, wanted) => {
  expect(after(before, (selected) => prefixed(selected, kind))).toBe(wanted);
});

it.each([
  ['- milk|', '- milk\n- |'],
  ['9. milk|', '9. milk\n10. |'],
  ['> said|', '> said\n> |'],
  ['- milk\n- |', '- milk\n|'],
  ['  - in|', '  - in\n  - |'],
  ['no list|', null],
  ['-no list|', null],
])('a new line after %s makes %s', (before, wanted) => {
  expect(after(before, continued)).toBe(wanted);
});

it.each([
  ['see «this» now', 'see [this](«https://») now'],
  ['see «https://a.example» now', 'see [«words»](https://a.example) now'],
  ['|', '[«words»](https://)'],
])('a link of %s is %s', (before, wanted) => {
  expect(after(before, (selected) => linked(selected, 'words'))).toBe(wanted);
});

it('code has lines of its own', () => {
  expect(after('see «let x» now', fenced)).toBe('see \n```\n«let x»\n```\n now');
  expect(after('|', fenced)).toBe('```\n|\n```');
});

it('what is inserted takes the place of what is selected', () => {
  expect(after('a «b» c', (selected) => inserted(selected, '😀'))).toBe('a 😀| c');
});
