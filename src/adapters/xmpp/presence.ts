import type { Element } from '@xmpp/client';
import type { Event, PresenceState } from '../../sdk/index.js';
import { type Jid, personBuddy, readJid } from './ids.js';
import { ns } from './ns.js';
import type { Session } from './session.js';
import { el, visible } from './wire.js';

export type Own = { state: PresenceState; note?: string };

const shows: Record<string, PresenceState> = { away: 'away', xa: 'away', dnd: 'dnd', chat: 'online' };
const showOf: Partial<Record<PresenceState, string>> = { away: 'away', dnd: 'dnd', offline: 'xa' };
/** Which of several clients speaks for a person. */
const rank: Record<PresenceState, number> = { online: 4, away: 3, dnd: 2, offline: 1, unknown: 0 };

const maxPeople = 5_000;
const maxResources = 50;
const maxDirected = 1_000;

export type PresencePorts = {
  session: Session;
  own: Jid;
  push(events: Event[]): void;
  nameOf(bare: string): string | undefined;
  /** Rooms we are in, as `room/nick`. */
  rooms(): string[];
  watchers(): string[];
  priority(): number;
  /** What we can do (XEP-0115). */
  caps(): Element;
};

type Seen = { state: PresenceState; note: string; idleSince?: number };

/** Presence in and out. It outlives a session in that what we told is told again in the next. */
export class Presences {
  readonly #people = new Map<string, Map<string, Seen>>();
  /** Who published that they are on a call (XEP-0108). */
  readonly #calls = new Set<string>();

  constructor(
    private readonly ports: PresencePorts,
    private readonly told: { own: Own; directed: Map<string, Own> },
  ) {}

  /** Makes us seen: for everyone first, then for those told something of their own. */
  announce(): void {
    const { own, directed } = this.told;
    this.#say(own, undefined);
    for (const room of this.ports.rooms()) this.#say(own, room);
    if (own.state === 'offline') for (const bare of this.ports.watchers()) this.#say(own, bare);
    for (const [bare, one] of directed) this.#say(one, bare);
  }

  direct(own: Own, to: string[]): void {
    for (const bare of to) {
      if (readJid(bare)?.bare !== bare) continue;
      this.told.directed.delete(bare);
      this.told.directed.set(bare, own);
      if (this.ports.session.isLive) this.#say(own, bare);
    }
    for (const oldest of this.told.directed.keys()) {
      if (this.told.directed.size <= maxDirected) break;
      this.told.directed.delete(oldest);
    }
  }

  /** What joining a room says of us. */
  element(to: string, ...more: (Element | undefined)[]): Element {
    return this.#element(this.told.own, to, ...more);
  }

  onPresence(stanza: Element, from: Jid): void {
    const { type } = stanza.attrs;
    if (from.bare === this.ports.own.bare) return;
    if (type === 'error') return void this.#tell(from.bare, { state: 'unknown', note: '' });
    if (type !== undefined && type !== 'unavailable') return;
    const resources = this.#people.get(from.bare) ?? new Map<string, Seen>();
    if (type === 'unavailable') resources.delete(from.resource);
    else if (resources.has(from.resource) || resources.size < maxResources) {
      const state = shows[stanza.getChildText('show') ?? ''] ?? 'online';
      const idleSince = idleOf(stanza);
      const note = visible(stanza.getChildText('status') ?? '', 500);
      resources.set(from.resource, { state, note, ...(idleSince !== undefined && { idleSince }) });
    }
    if (this.#people.has(from.bare) || this.#people.size < maxPeople) this.#people.set(from.bare, resources);
    const left = type === 'unavailable' ? visible(stanza.getChildText('status') ?? '', 500) : '';
    this.#tell(from.bare, bestOf(resources) ?? { state: 'offline', note: left });
  }

  /** What a contact publishes of what they do. */
  onActivity(event: Element, from: Jid): void {
    const items = event.getChild('items');
    if (items?.attrs.node !== ns.activity || from.local === '') return;
    const talking = items.getChild('item')?.getChild('activity', ns.activity)?.getChild('talking');
    const calls = talking?.getChild('on_the_phone') ?? talking?.getChild('on_video_phone');
    if (this.#calls.has(from.bare) === (calls !== undefined)) return;
    if (calls === undefined) this.#calls.delete(from.bare);
    else if (this.#calls.size < maxPeople) this.#calls.add(from.bare);
    const best = bestOf(this.#people.get(from.bare) ?? new Map());
    if (best) this.#tell(from.bare, best);
  }

  /** What was known of the others can no longer be vouched for. */
  forget(): void {
    const seen = [...this.#people].filter(([, resources]) => resources.size > 0).map(([bare]) => bare);
    this.#people.clear();
    this.#calls.clear();
    const unknown = seen.map((bare): Event => ({ type: 'presence', buddy: this.#buddy(bare), state: 'unknown' }));
    for (let at = 0; at < unknown.length; at += 200) this.ports.push(unknown.slice(at, at + 200));
  }

  #tell(bare: string, { state, note, idleSince }: Seen): void {
    this.ports.push([
      {
        type: 'presence',
        buddy: this.#buddy(bare),
        state,
        ...(note !== '' && { note }),
        ...(idleSince !== undefined && { idleSince }),
        ...(state !== 'offline' && this.#calls.has(bare) && { activity: 'call' }),
      },
    ]);
  }

  #buddy(bare: string) {
    return personBuddy(bare, this.ports.nameOf(bare));
  }

  #say(own: Own, to: string | undefined): void {
    const element =
      own.state === 'offline' && to !== undefined && !to.includes('/')
        ? el('presence', { to, type: 'unavailable' })
        : this.#element(own, to);
    this.ports.session.send(element);
  }

  #element({ state, note }: Own, to: string | undefined, ...more: (Element | undefined)[]): Element {
    const show = showOf[state];
    const status = note === undefined ? '' : visible(note, 500);
    const priority = this.ports.priority();
    return el(
      'presence',
      { to },
      show === undefined ? undefined : el('show', {}, show),
      status === '' ? undefined : el('status', {}, status),
      to === undefined && priority !== 0 ? el('priority', {}, String(priority)) : undefined,
      this.ports.caps(),
      ...more,
    );
  }
}

/** Of clients that are as available, the one used last. */
function bestOf(resources: Map<string, Seen>): Seen | undefined {
  const used = ({ idleSince = Number.POSITIVE_INFINITY }: Seen) => idleSince;
  const [best] = [...resources.values()].sort(
    (a, b) => rank[b.state] - rank[a.state] || (used(a) === used(b) ? 0 : used(b) - used(a)),
  );
  return best;
}

/** XEP-0319 */
function idleOf(stanza: Element): number | undefined {
  const since = Date.parse(stanza.getChild('idle', ns.idle)?.attrs.since ?? '');
  return Number.isFinite(since) ? since : undefined;
}

export const capsNode = 'https://github.com/parley';
export const capsOf = (ver: string): Element => el('c', { xmlns: ns.caps, hash: 'sha-1', node: capsNode, ver });
