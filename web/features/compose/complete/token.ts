/** What is being typed that can be completed: `@ann`, `:tad`. It stands from `from` to the caret. */
export type Token = { is: 'mention' | 'emoji'; query: string; from: number; to: number };

const mention = /(?:^|[\s(["'“])@([^\s@,;:!?]{0,40}(?: [^\s@,;:!?]{1,40})?)$/u;
const emoji = /(?:^|[\s(])(:([\p{L}\d_+-]{2,40}))$/u;
const whole = /(?:^|[\s(])(:([a-z\d_+-]{2,40}):)$/;

const longest = 90;

export function tokenAt(text: string, start: number, end: number): Token | null {
  if (start !== end) return null;
  const before = text.slice(Math.max(0, start - longest), start);
  const person = mention.exec(before);
  if (person?.[1] !== undefined)
    return { is: 'mention', query: person[1], from: start - person[1].length - 1, to: start };
  const picture = emoji.exec(before);
  if (picture?.[1] && picture[2]) return { is: 'emoji', query: picture[2], from: start - picture[1].length, to: start };
  return null;
}

/** An emoji's name that was just closed by its second colon. */
export function codeAt(text: string, caret: number): { code: string; from: number } | null {
  const found = whole.exec(text.slice(Math.max(0, caret - longest), caret));
  return found?.[1] && found[2] ? { code: found[2], from: caret - found[1].length } : null;
}
