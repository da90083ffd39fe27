import { createHash } from 'node:crypto';
import type { Element } from '@xmpp/client';
import { type Event, limits } from '../../sdk/index.js';
import { type Jid, personBuddy } from './ids.js';
import { ns } from './ns.js';
import type { Session } from './session.js';
import { el } from './wire.js';

const maxKnown = 5_000;
const maxWaiting = 500;

export type AvatarPorts = { session: Session; push(events: Event[]): void; nameOf(bare: string): string | undefined };

/** Pictures of people: published ones (XEP-0084) before those of the old vCard (XEP-0153). One is fetched at a time. */
export class Avatars {
  /** What is known of each person: the picture's hash, or the empty text for none. */
  readonly #known = new Map<string, { hash: string; published: boolean }>();
  readonly #waiting = new Map<string, { hash: string; load: () => Promise<Picture | undefined> }>();
  #running = false;

  constructor(private readonly ports: AvatarPorts) {}

  /** What a contact published. */
  onEvent(event: Element, from: Jid): void {
    const items = event.getChild('items');
    if (items?.attrs.node !== ns.avatarMetadata || from.local === '') return;
    const info = items.getChild('item')?.getChild('metadata', ns.avatarMetadata)?.getChildren('info') ?? [];
    const png =
      info.find(({ attrs }) => attrs.type === 'image/png' && attrs.url === undefined) ??
      info.find(({ attrs }) => attrs.url === undefined);
    const hash = png?.attrs.id ?? '';
    if (!/^[0-9a-f]{40}$/i.test(hash) || Number(png?.attrs.bytes) > limits.avatarBytes)
      return void this.#none(from.bare, true);
    this.#want(from.bare, hash.toLowerCase(), true, () => this.#published(from.bare, hash));
  }

  /** The hash that a presence carries. */
  onPresence(stanza: Element, from: Jid): void {
    const photo = stanza.getChild('x', ns.vcardUpdate)?.getChild('photo');
    if (!photo || this.#known.get(from.bare)?.published) return;
    const hash = photo.text().trim().toLowerCase();
    if (hash === '') this.#none(from.bare, false);
    else if (/^[0-9a-f]{40}$/.test(hash)) this.#want(from.bare, hash, false, () => this.#ofVcard(from.bare));
  }

  #none(bare: string, published: boolean): void {
    const before = this.#known.get(bare);
    this.#remember(bare, '', published);
    if (before && before.hash !== '') this.#tell(bare, null);
  }

  #want(bare: string, hash: string, published: boolean, load: () => Promise<Picture | undefined>): void {
    if (this.#known.get(bare)?.hash === hash || this.#waiting.size >= maxWaiting) return;
    this.#remember(bare, hash, published);
    this.#waiting.set(bare, { hash, load });
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (const [bare, { hash, load }] of this.#waiting) {
      this.#waiting.delete(bare);
      const picture = await load().catch(() => undefined);
      if (!picture || picture.content.length > limits.avatarBytes || picture.content.length === 0) continue;
      const found = createHash('sha1').update(picture.content).digest('hex');
      if (found === hash) this.#tell(bare, { id: hash, ...picture });
    }
    this.#running = false;
  }

  async #published(bare: string, id: string): Promise<Picture | undefined> {
    const items = el('items', { node: ns.avatarData }, el('item', { id }));
    const answer = await this.ports.session.iq('get', bare, el('pubsub', { xmlns: ns.pubsub }, items));
    const item = answer.getChild('pubsub', ns.pubsub)?.getChild('items')?.getChild('item');
    return pictureOf(item?.getChildText('data', ns.avatarData) ?? undefined);
  }

  async #ofVcard(bare: string): Promise<Picture | undefined> {
    const answer = await this.ports.session.iq('get', bare, el('vCard', { xmlns: ns.vcard }));
    return pictureOf(answer.getChild('vCard', ns.vcard)?.getChild('PHOTO')?.getChildText('BINVAL') ?? undefined);
  }

  #remember(bare: string, hash: string, published: boolean): void {
    this.#known.delete(bare);
    this.#known.set(bare, { hash, published });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= maxKnown) break;
      this.#known.delete(oldest);
    }
  }

  #tell(bare: string, avatar: { id: string; type: string; content: Uint8Array } | null): void {
    this.ports.push([{ type: 'contact', buddy: personBuddy(bare, this.ports.nameOf(bare)), avatar }]);
  }
}

type Picture = { type: string; content: Uint8Array };

/** The type is what the bytes are, whatever is said of them. */
function pictureOf(base64: string | undefined): Picture | undefined {
  if (base64 === undefined) return undefined;
  const content = Buffer.from(base64, 'base64');
  const starts = (...bytes: number[]) => bytes.every((byte, at) => content[at] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return { type: 'image/png', content };
  if (starts(0xff, 0xd8, 0xff)) return { type: 'image/jpeg', content };
  if (starts(0x47, 0x49, 0x46, 0x38)) return { type: 'image/gif', content };
  if (starts(0x52, 0x49, 0x46, 0x46) && content.subarray(8, 12).toString('latin1') === 'WEBP')
    return { type: 'image/webp', content };
  return undefined;
}
