import type { Event, PresenceState, Timers } from '../../sdk/index.js';
import { buddyOf } from './ids.js';
import type { Memory } from './memory.js';
import { oneLine } from './reasons.js';
import { line } from './wire.js';

const pollMs = 15_000;
const awayPollMs = 60_000;
const nicksPerPoll = 5;
const nicksPerLine = 10;
const mostPolled = 100;
const mostAsks = 20;
/** People met in channels whose presence is told too, as long as the server tells it unasked. */
const mostMet = 500;

export type WatchPorts = {
  command(text: string): void;
  push(event: Event): void;
  fold(name: string): string;
  timers: Timers;
};

type Seen = { nick: string; state: PresenceState; note: string | undefined };

/**
 * Presence of the people we talk with directly. MONITOR tells of coming and going; where the server has none, and for
 * away where it tells nothing of that, USERHOST asks about five nicks at a time in turn.
 */
export class Watch {
  readonly #seen = new Map<string, Seen>();
  readonly #met = new Map<string, Seen>();
  #limit = 0;
  #polls = false;
  #turn = 0;
  #ready = false;
  #asks: string[][] = [];

  constructor(
    private readonly memory: Memory,
    private readonly ports: WatchPorts,
  ) {}

  /** `limit`: how many nicks MONITOR takes, 0 for none. `tellsAway`: away of monitored nicks is told unasked. */
  begin(limit: number, tellsAway: boolean): void {
    this.#ready = true;
    this.#limit = limit;
    this.#polls = limit === 0 || !tellsAway;
    const nicks = this.memory.settings.watch.slice(-(limit || mostPolled));
    for (const nick of nicks) this.#seen.set(this.ports.fold(nick), { nick, state: 'unknown', note: undefined });
    this.#monitor(nicks);
    if (this.#polls) this.#poll();
  }

  add(nick: string): void {
    this.memory.addWatched(nick);
    const folded = this.ports.fold(nick);
    if (!this.#ready || this.#seen.has(folded)) return;
    this.#seen.set(folded, this.#met.get(folded) ?? { nick, state: 'unknown', note: undefined });
    this.#met.delete(folded);
    this.#monitor([nick]);
    if (this.#polls) this.ask([nick]);
  }

  has(nick: string): boolean {
    return this.#seen.has(this.ports.fold(nick));
  }

  /** Somebody said something in a channel; whom we met longest ago makes room. */
  meet(nick: string): void {
    const folded = this.ports.fold(nick);
    if (!this.#ready || this.#seen.has(folded)) return void this.seeHere(nick);
    const known = this.#met.get(folded) ?? { nick, state: 'unknown' as const, note: undefined };
    // Where there is room for as many again it does not matter who was met last.
    if (this.#met.size > mostMet / 2) this.#met.delete(folded);
    this.#met.set(folded, known);
    this.seeHere(nick);
    for (const [oldest, { nick: gone }] of this.#met) {
      if (this.#met.size <= mostMet) break;
      this.see(gone, 'unknown');
      this.#met.delete(oldest);
    }
  }

  /** We share no channel with them any more. */
  lose(nick: string): void {
    const folded = this.ports.fold(nick);
    if (this.#met.has(folded)) this.see(nick, 'unknown');
    this.#met.delete(folded);
  }

  /** Tells the host where it is news. A note that is not given stays as long as the state does. */
  see(nick: string, state: PresenceState, note?: string): void {
    const folded = this.ports.fold(nick);
    const people = this.#seen.has(folded) ? this.#seen : this.#met;
    const known = people.get(folded);
    if (!known) return;
    const words = note === undefined ? (state === known.state ? known.note : undefined) : oneLine(note, 300);
    if (known.state === state && known.note === words) return;
    people.set(folded, { nick, state, note: words });
    const ttlMs = people === this.#seen && this.#limit === 0 && this.#ready ? this.#round() * 3 : undefined;
    this.ports.push({
      type: 'presence',
      buddy: buddyOf(nick, this.memory.caseMapping),
      state,
      ...(words && { note: words }),
      ...(ttlMs !== undefined && { ttlMs }),
    });
  }

  /** They are there; whether away is not said. */
  seeHere(nick: string): void {
    const folded = this.ports.fold(nick);
    const state = (this.#seen.get(folded) ?? this.#met.get(folded))?.state;
    if (state === 'offline' || state === 'unknown') this.see(nick, 'online');
  }

  /** Asks who of these is there, and away or not. */
  ask(nicks: string[]): void {
    if (this.#asks.length === mostAsks) return;
    this.#asks.push(nicks);
    this.ports.command(line('USERHOST', nicks));
  }

  /** An answer to USERHOST; answers come in the order of the questions. Of those asked, who is missing is not there. */
  onUserhost(entries: { nick: string; away: boolean }[]): void {
    const missing = new Set(this.#asks.shift()?.map((nick) => this.ports.fold(nick)));
    for (const { nick, away } of entries) {
      missing.delete(this.ports.fold(nick));
      this.see(nick, away ? 'away' : 'online');
    }
    if (this.#limit === 0) for (const folded of missing) this.#gone(folded);
  }

  /** The server does not know USERHOST. */
  stopAsking(): void {
    this.#polls = false;
    this.#asks = [];
    this.ports.timers.drop('poll');
  }

  /** Nothing is known of anybody any more. */
  end(): void {
    this.#ready = false;
    for (const { nick, state } of [...this.#seen.values(), ...this.#met.values()]) {
      if (state !== 'unknown') this.see(nick, 'unknown');
    }
    this.#seen.clear();
    this.#met.clear();
  }

  #gone(folded: string): void {
    const nick = this.#seen.get(folded)?.nick;
    if (nick !== undefined) this.see(nick, 'offline');
  }

  #monitor(nicks: string[]): void {
    for (let at = 0; at < Math.min(nicks.length, this.#limit); at += nicksPerLine) {
      this.ports.command(line('MONITOR', ['+', nicks.slice(at, Math.min(at + nicksPerLine, this.#limit)).join(',')]));
    }
  }

  /** How long until everybody was asked once. */
  #round(): number {
    return pollMs * Math.max(1, Math.ceil(this.#seen.size / nicksPerPoll));
  }

  #poll(): void {
    const all = [...this.#seen.values()].filter((one) => this.#limit === 0 || one.state !== 'offline');
    if (all.length > 0) {
      if (this.#turn >= all.length) this.#turn = 0;
      const nicks = all.slice(this.#turn, this.#turn + nicksPerPoll).map((one) => one.nick);
      this.#turn += nicksPerPoll;
      this.ask(nicks);
    }
    this.ports.timers.set('poll', this.#limit === 0 ? pollMs : awayPollMs, () => this.#poll());
  }
}
