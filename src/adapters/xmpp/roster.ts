import type { Element } from '@xmpp/client';
import { AdapterError, type Event } from '../../sdk/index.js';
import { directChat, type Jid, personBuddy, readJid, typedJid } from './ids.js';
import { isFromSelf } from './inbound.js';
import type { Memory } from './memory.js';
import { ns } from './ns.js';
import type { Session } from './session.js';
import { el, visible } from './wire.js';

type Item = { jid: string; name: string | undefined; groups: string[]; subscription: string; asked: boolean };

const maxItems = 5_000;
const maxGroups = 50;

export type RosterPorts = {
  session: Session;
  memory: Memory;
  own: Jid;
  push(events: Event[]): void;
  /** Who asked to see us, and what they said; the server asks again in each session. */
  requests: Map<string, string>;
};

/** The contact list (RFC 6121): entries, groups, and who may see whom. */
export class Roster {
  readonly #items = new Map<string, Item>();

  constructor(private readonly ports: RosterPorts) {}

  nameOf(bare: string): string | undefined {
    return this.#items.get(bare)?.name;
  }

  lists(bare: string): boolean {
    return this.#items.has(bare);
  }

  /** They may see us. */
  get watchers(): string[] {
    return [...this.#items.values()]
      .filter(({ subscription }) => /^(from|both)$/.test(subscription))
      .map(({ jid }) => jid);
  }

  shows(bare: string): boolean {
    return /^(from|both)$/.test(this.#items.get(bare)?.subscription ?? '');
  }

  /** Reads the whole list, and tells what has gone from it since it was last seen. */
  async load(): Promise<void> {
    const { session, memory } = this.ports;
    const answer = await session.iq('get', undefined, el('query', { xmlns: ns.roster }));
    const items = answer.getChild('query', ns.roster)?.getChildren('item').slice(0, maxItems).map(readItem) ?? [];
    this.#items.clear();
    const events: Event[] = [];
    for (const item of items) {
      if (!item || item.subscription === 'remove') continue;
      this.#items.set(item.jid, item);
      events.push(listed(item));
    }
    const gone = memory.settings.listed.filter((jid) => !this.#items.has(jid));
    this.ports.push([...events, ...gone.map(unlisted)]);
    memory.setListed([...this.#items.keys()]);
  }

  /** A change of the list, told by our server alone. */
  onPush(query: Element, stanza: Element): boolean {
    if (!isFromSelf(stanza, this.ports.own)) return false;
    const element = query.getChild('item');
    const item = element && readItem(element);
    if (!item) return true;
    if (item.subscription === 'remove') {
      this.#items.delete(item.jid);
      this.ports.push([unlisted(item.jid)]);
    } else if (this.#items.has(item.jid) || this.#items.size < maxItems) {
      this.#items.set(item.jid, item);
      this.ports.push([listed(item)]);
    }
    this.ports.memory.setListed([...this.#items.keys()]);
    return true;
  }

  /** Subscriptions; false for a presence of another kind. */
  onPresence(stanza: Element, from: Jid): boolean {
    const { type } = stanza.attrs;
    if (type === 'subscribe') this.#onSubscribe(from.bare, stanza.getChildText('status') ?? '');
    return ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed'].includes(type ?? '');
  }

  accept(bare: string): void {
    this.#answer(bare, 'subscribed');
    if (!/^(to|both)$/.test(this.#items.get(bare)?.subscription ?? '')) this.#answer(bare, 'subscribe');
    this.ports.requests.delete(bare);
  }

  decline(bare: string): void {
    this.#answer(bare, 'unsubscribed');
    this.ports.requests.delete(bare);
  }

  async add(address: string, entry: { name?: string; groups?: string[] }): Promise<void> {
    const jid = typedJid(address);
    if (!jid) throw new AdapterError('rejected', `"${visible(address, 100)}" is not an XMPP address.`);
    await this.#set(jid.bare, entry);
    if (!/^(to|both)$/.test(this.#items.get(jid.bare)?.subscription ?? '')) this.#answer(jid.bare, 'subscribe');
  }

  async change(buddy: string, entry: { name?: string; groups?: string[] }): Promise<void> {
    const jid = personOf(buddy);
    const item = this.#items.get(jid);
    if (!item) throw new AdapterError('rejected', 'This person is not in the contact list.');
    await this.#set(jid, { ...(item.name !== undefined && { name: item.name }), groups: item.groups, ...entry });
  }

  async remove(buddy: string): Promise<void> {
    const jid = personOf(buddy);
    await this.ports.session.iq(
      'set',
      undefined,
      el('query', { xmlns: ns.roster }, el('item', { jid, subscription: 'remove' })),
    );
  }

  #onSubscribe(bare: string, said: string): void {
    const item = this.#items.get(bare);
    // We asked to see them: that they want to see us too needs no question.
    if (item && (item.asked || /^(to|both|from)$/.test(item.subscription)))
      return void this.#answer(bare, 'subscribed');
    const text = visible(said, 500);
    if (this.ports.requests.get(bare) === text || this.ports.requests.size >= maxItems) return;
    this.ports.requests.set(bare, text);
    const from = personBuddy(bare, item?.name);
    this.ports.push([
      { type: 'chat', chat: directChat(bare, item?.name), invite: { from, ...(text !== '' && { text }) } },
    ]);
  }

  #answer(to: string, type: string): void {
    this.ports.session.send(el('presence', { to, type }));
  }

  async #set(jid: string, { name, groups = [] }: { name?: string; groups?: string[] }): Promise<void> {
    const item = el(
      'item',
      { jid, name: name === undefined ? undefined : visible(name, 200) },
      ...groups.slice(0, maxGroups).map((group) => el('group', {}, visible(group, 200))),
    );
    await this.ports.session.iq('set', undefined, el('query', { xmlns: ns.roster }, item));
  }
}

function personOf(buddy: string): string {
  const jid = readJid(buddy);
  if (jid && jid.resource === '' && jid.bare === buddy) return buddy;
  throw new AdapterError('rejected', 'This is nobody the contact list can hold.');
}

function readItem(element: Element): Item | undefined {
  const jid = readJid(element.attrs.jid);
  if (!jid) return undefined;
  const name = visible(element.attrs.name ?? '', 200);
  const groups = element
    .getChildren('group')
    .slice(0, maxGroups)
    .map((group) => visible(group.text(), 200));
  return {
    ...{ jid: jid.bare, name: name === '' ? undefined : name },
    groups: [...new Set(groups.filter((group) => group !== ''))],
    subscription: element.attrs.subscription ?? 'none',
    asked: element.attrs.ask === 'subscribe',
  };
}

const listed = ({ jid, name, groups }: Item): Event => ({
  type: 'contact',
  buddy: personBuddy(jid, name),
  groups,
  listed: true,
});
const unlisted = (jid: string): Event => ({ type: 'contact', buddy: personBuddy(jid), listed: false });
