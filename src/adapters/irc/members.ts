import type { IrcMessage } from 'irc-framework';
import { limits, type Member } from '../../sdk/index.js';
import { buddyOf, type CaseMapping, maxName } from './ids.js';
import type { Isupport } from './isupport.js';

/** Known members of all channels together; of one channel `limits.members`. */
const mostOfAll = 60_000;

type One = { nick: string; signs: string; away: boolean | undefined };

const roles: Partial<Record<string, Member['role']>> = {
  '~': 'owner',
  '!': 'owner',
  '&': 'admin',
  '@': 'moderator',
  '%': 'moderator',
  '+': 'voice',
};

/** Who is in our channels. Past its bounds it knows of fewer than there are, never of others. */
export class Members {
  readonly #channels = new Map<string, Map<string, One>>();
  #all = 0;

  constructor(
    private readonly support: Isupport,
    private readonly fold: (name: string) => string,
  ) {}

  has(channel: string): boolean {
    return this.#channels.has(this.fold(channel));
  }

  count(channel: string): number {
    return this.#channels.get(this.fold(channel))?.size ?? 0;
  }

  /** Some of its members are not known to be away or not. */
  isUnsure(channel: string): boolean {
    const members = this.#channels.get(this.fold(channel));
    return members !== undefined && [...members.values()].some((one) => one.away === undefined);
  }

  list(channel: string, mapping: CaseMapping): Member[] {
    const members = this.#channels.get(this.fold(channel)) ?? new Map<string, One>();
    return [...members.values()].slice(0, limits.members).map(({ nick, signs, away }) => ({
      buddy: buddyOf(nick, mapping),
      role: roles[signs.charAt(0)] ?? 'member',
      ...(away !== undefined && { presence: away ? ('away' as const) : ('online' as const) }),
    }));
  }

  /** The channels of ours that somebody is in. */
  channelsOf(nick: string): string[] {
    const folded = this.fold(nick);
    return [...this.#channels].flatMap(([channel, members]) => (members.has(folded) ? [channel] : []));
  }

  enter(channel: string): void {
    this.leave(channel);
    this.#channels.set(this.fold(channel), new Map());
  }

  leave(channel: string): void {
    const folded = this.fold(channel);
    this.#all -= this.#channels.get(folded)?.size ?? 0;
    this.#channels.delete(folded);
  }

  add(channel: string, nick: string, signs = ''): void {
    const members = this.#channels.get(this.fold(channel));
    if (!members || nick === '' || nick.length > maxName) return;
    const folded = this.fold(nick);
    const known = members.get(folded);
    if (known) known.signs = signs;
    else if (members.size < limits.members && this.#all < mostOfAll) {
      members.set(folded, { nick, signs, away: undefined });
      this.#all += 1;
    }
  }

  /** Names as NAMES gives them, with all their signs and perhaps their host. */
  addNames(channel: string, names: string): void {
    const marks = [...this.support.memberModes.values()].join('');
    for (const name of names.split(' ')) {
      let at = 0;
      while (at < name.length && marks.includes(name.charAt(at))) at += 1;
      this.add(channel, name.slice(at).split('!')[0] ?? '', name.slice(0, at));
    }
  }

  remove(channel: string, nick: string): void {
    if (this.#channels.get(this.fold(channel))?.delete(this.fold(nick))) this.#all -= 1;
  }

  quit(nick: string): void {
    const folded = this.fold(nick);
    for (const members of this.#channels.values()) if (members.delete(folded)) this.#all -= 1;
  }

  rename(from: string, to: string): void {
    const [before, after] = [this.fold(from), this.fold(to)];
    for (const members of this.#channels.values()) {
      const one = members.get(before);
      if (!one) continue;
      members.delete(before);
      members.set(after, { ...one, nick: to });
    }
  }

  setAway(nick: string, away: boolean): void {
    const folded = this.fold(nick);
    for (const members of this.#channels.values()) {
      const one = members.get(folded);
      if (one) one.away = away;
    }
  }

  /** A change of modes: those of members are taken over. */
  onMode({ params: [channel = '', modes = '', ...values] }: IrcMessage): void {
    const members = this.#channels.get(this.fold(channel));
    const { memberModes, modesWithParameter } = this.support;
    let on = true;
    for (const mode of modes) {
      if (mode === '+' || mode === '-') {
        on = mode === '+';
        continue;
      }
      const sign = memberModes.get(mode);
      const { always, set } = modesWithParameter;
      const value =
        sign !== undefined || always.includes(mode) || (on && set.includes(mode)) ? values.shift() : undefined;
      const one = sign === undefined ? undefined : members?.get(this.fold(value ?? ''));
      if (one && sign !== undefined) one.signs = this.#ordered(one.signs, sign, on);
    }
  }

  #ordered(signs: string, sign: string, on: boolean): string {
    const all = [...this.support.memberModes.values()];
    return all.filter((one) => (one === sign ? on : signs.includes(one))).join('');
  }
}
