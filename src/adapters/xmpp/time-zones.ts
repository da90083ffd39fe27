import type { Element } from '@xmpp/client';
import type { Event } from '../../sdk/index.js';
import { type Jid, personBuddy } from './ids.js';
import { ns } from './ns.js';
import type { Session } from './session.js';
import { el } from './wire.js';

const maxAsked = 5_000;
const maxWaiting = 500;

export type TimeZonePorts = {
  session: Session;
  push(events: Event[]): void;
  nameOf(bare: string): string | undefined;
  /** Only people of the contact list are asked. */
  lists(bare: string): boolean;
};

/** Where people are (XEP-0202): each is asked once a session, when a client of theirs is first seen, one at a time. */
export class TimeZones {
  readonly #asked = new Set<string>();
  readonly #waiting = new Map<string, Jid>();
  #running = false;

  constructor(private readonly ports: TimeZonePorts) {}

  onPresence(stanza: Element, from: Jid): void {
    if (stanza.attrs.type !== undefined || from.resource === '' || this.#asked.has(from.bare)) return;
    if (!this.ports.lists(from.bare) || this.#asked.size >= maxAsked || this.#waiting.size >= maxWaiting) return;
    this.#asked.add(from.bare);
    this.#waiting.set(from.bare, from);
    if (!this.#running) void this.#run();
  }

  /** Nobody else is asked. */
  end(): void {
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (const [bare, { full }] of this.#waiting) {
      this.#waiting.delete(bare);
      const timeZone = await this.#ask(full).catch(() => undefined);
      if (timeZone !== undefined)
        this.ports.push([{ type: 'contact', buddy: personBuddy(bare, this.ports.nameOf(bare)), timeZone }]);
    }
    this.#running = false;
  }

  async #ask(full: string): Promise<string | undefined> {
    const answer = await this.ports.session.iq('get', full, el('time', { xmlns: ns.time }));
    const offset = answer.getChild('time', ns.time)?.getChildText('tzo')?.trim() ?? '';
    return /^(?:Z|[+-]\d\d:\d\d)$/.test(offset) ? offset : undefined;
  }
}
