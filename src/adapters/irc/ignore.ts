import { fold } from './ids.js';
import type { Memory } from './memory.js';

export type Person = { nick: string; ident: string; hostname: string; account?: string | undefined };

/** A mask in the form it is kept: a nick, `nick!user@host` or `$a:account`; undefined for what is none. */
export function tidyMask(typed: string): string | undefined {
  const mask = typed.trim();
  if (mask.length < 1 || mask.length > 120 || /[\s,\p{Cc}]/u.test(mask) || /^[*?!@.]*$/.test(mask)) return undefined;
  if (/^\$a:[^!@]+$/.test(mask)) return mask;
  if (mask.startsWith('$')) return undefined;
  if (!mask.includes('!') && mask.includes('@')) return `*!${mask}`;
  return mask;
}

/** The people whose messages are dropped. Names are compared as the server compares them. */
export class Ignored {
  constructor(private readonly memory: Memory) {}

  has(person: Person): boolean {
    const { ignore } = this.memory.settings;
    return ignore.length > 0 && ignore.some((mask) => this.#fits(mask, person));
  }

  #fits(mask: string, { nick, ident, hostname, account }: Person): boolean {
    const same = (name: string) => fold(name, this.memory.caseMapping);
    if (mask.startsWith('$a:')) return account !== undefined && matches(same(mask.slice(3)), same(account));
    if (!mask.includes('!')) return matches(same(mask), same(nick));
    return matches(same(mask), `${same(nick)}!${same(ident)}@${same(hostname)}`);
  }
}

/** Wildcards `*` and `?` in time that grows with the lengths alone. */
export function matches(mask: string, text: string): boolean {
  let [at, inMask, star, after] = [0, 0, -1, 0];
  while (at < text.length) {
    if (mask[inMask] === '*') {
      star = inMask++;
      after = at;
    } else if (mask[inMask] === '?' || mask[inMask] === text[at]) {
      inMask += 1;
      at += 1;
    } else if (star >= 0) {
      inMask = star + 1;
      at = ++after;
    } else return false;
  }
  while (mask[inMask] === '*') inMask += 1;
  return inMask === mask.length;
}
