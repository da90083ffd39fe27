import type { Element } from '@xmpp/client';
import { AdapterError, type Event } from '../../sdk/index.js';
import { type Jid, personBuddy, readJid } from './ids.js';
import { isFromSelf } from './inbound.js';
import type { Memory } from './memory.js';
import { ns } from './ns.js';
import type { Session } from './session.js';
import { el, StanzaError } from './wire.js';

const most = 5_000;

export type BlockingPorts = {
  session: Session;
  memory: Memory;
  own: Jid;
  push(events: Event[]): void;
  nameOf(bare: string): string | undefined;
};

/** The server's list of blocked people (XEP-0191). */
export class Blocking {
  #blocked = new Set<string>();

  constructor(private readonly ports: BlockingPorts) {}

  async load(): Promise<void> {
    const { session, memory } = this.ports;
    const answer = await session.iq('get', undefined, el('blocklist', { xmlns: ns.blocking }));
    this.#blocked = new Set(jidsIn(answer.getChild('blocklist', ns.blocking)));
    const gone = memory.settings.blocked.filter((jid) => !this.#blocked.has(jid));
    this.#tell([...this.#blocked], true);
    this.#tell(gone, false);
    memory.setBlocked([...this.#blocked]);
  }

  onPush(child: Element, stanza: Element): boolean {
    if (!isFromSelf(stanza, this.ports.own)) return false;
    const jids = jidsIn(child);
    const on = child.name === 'block';
    const changed = !on && jids.length === 0 ? [...this.#blocked] : jids;
    for (const jid of changed) {
      if (on && this.#blocked.size < most) this.#blocked.add(jid);
      else this.#blocked.delete(jid);
    }
    this.#tell(changed, on);
    this.ports.memory.setBlocked([...this.#blocked]);
    return true;
  }

  async set(buddy: string, on: boolean): Promise<void> {
    const jid = readJid(buddy);
    if (!jid || jid.bare !== buddy) throw new AdapterError('rejected', 'Only a person with an address can be blocked.');
    const list = el(on ? 'block' : 'unblock', { xmlns: ns.blocking }, el('item', { jid: buddy }));
    await this.ports.session.iq('set', undefined, list).catch((error: unknown) => {
      if (error instanceof StanzaError)
        throw new AdapterError('rejected', `the server blocks nobody: ${error.message}`);
      throw error;
    });
  }

  #tell(jids: string[], blocked: boolean): void {
    const { nameOf } = this.ports;
    this.ports.push(jids.map((jid) => ({ type: 'contact', buddy: personBuddy(jid, nameOf(jid)), blocked })));
  }
}

const jidsIn = (list: Element | undefined): string[] =>
  (list?.getChildren('item') ?? []).slice(0, most).flatMap(({ attrs }) => readJid(attrs.jid)?.full ?? []);
