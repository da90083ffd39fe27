import { z } from 'zod';
import { AdapterError, type Event, type Host } from '../../sdk/index.js';
import { Book, type Room } from './book.js';
import { Api, makeClient, path } from './client.js';
import { Crypto } from './crypto.js';
import { oneEvent, type RawEvent } from './events.js';
import { History } from './history.js';
import { Inbound } from './inbound.js';
import { KeyStore } from './keystore.js';
import { Media } from './media.js';
import { Members } from './members.js';
import { Outbound } from './outbound.js';
import { People } from './people.js';
import { oneLine } from './reasons.js';
import { Recovery } from './recovery.js';
import { Rooms } from './rooms.js';
import { Sync } from './sync.js';
import type { Wire } from './wire.js';

export type Who = { userId: string; deviceId: string; accessToken: string };
export type LinkOptions = { host: Host; wire: Wire; baseUrl: string; server: string; who: Who; signal: AbortSignal };

const deviceEntry = z.object({ userId: z.string(), deviceId: z.string() });
const cursor = z.object({ since: z.string() });
const mostRetried = 300;
const settleMs = 50;

/** One device that is signed in: its keys, what it remembers, and the loop that asks for what is new. */
export class Link {
  readonly outbound: Outbound;
  readonly rooms: Rooms;
  readonly history: History;
  readonly inbound: Inbound;
  readonly sync: Sync;
  #background: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(
    private readonly options: LinkOptions,
    private readonly keys: KeyStore,
    readonly api: Api,
    readonly crypto: Crypto,
    readonly book: Book,
    readonly members: Members,
    readonly people: People,
    readonly recovery: Recovery,
    since: string | undefined,
  ) {
    const { host, who, signal } = options;
    const tools = { me: who.userId, host, api, book, people, members, crypto, media: new Media(api), signal };
    const inbound = new Inbound({ ...tools, now: () => host.clock.now() });
    const history = new History(api, book, people, signal, (message, fields) => host.log.warn(message, fields));
    this.inbound = inbound;
    this.history = history;
    this.outbound = new Outbound(tools);
    this.rooms = new Rooms(tools);
    this.sync = new Sync({ ...tools, inbound, history, rooms: this.rooms, save: () => this.save() }, since);
    members.crypto = crypto;
    members.onAvatar = (user, address) => this.#avatar(tools.media, user, address);
    crypto.onHealed = (roomId, event) => this.#healed(roomId, event);
  }

  /** Loads what the vault holds of the device. Nothing is asked of the server. */
  static async load(options: LinkOptions): Promise<Link> {
    const { host, wire, baseUrl, server, who } = options;
    const stored = await host.vault.read();
    const before = deviceEntry.safeParse(parse(stored.get('device')));
    const sameUser = before.data?.userId === who.userId;
    const same = sameUser && before.data?.deviceId === who.deviceId;
    const inherited = sameUser && !same ? await roomKeysOf(options, before.data?.deviceId ?? '', stored) : undefined;
    const keys = await KeyStore.load(host.vault, same ? stored : new Map());
    wire.before = () => keys.save();
    try {
      const people = new People();
      const book = new Book(who.userId, people, sameUser ? stored : new Map());
      const recovery: Recovery = new Recovery(
        () => api,
        () => crypto,
        who,
      );
      const client = await makeClient({ baseUrl, wire, log: host.log, who, secretKey: recovery.secretKey });
      const api = new Api(client, server);
      const members = new Members(who.userId, api, book, people);
      const crypto: Crypto = await Crypto.start(client, keys, (room) => members.targets(room));
      if (inherited) await crypto.backend.importRoomKeys(inherited);
      const place = cursor.safeParse(host.cursor);
      const since = sameUser && place.success ? place.data.since : undefined;
      const link = new Link(options, keys, api, crypto, book, members, people, recovery, since);
      if (!same) await link.#begin(stored);
      return link;
    } catch (error) {
      wire.before = undefined;
      await keys.close();
      throw error;
    }
  }

  /** Stores what is remembered and every key that has changed, in one transaction. */
  async save(): Promise<void> {
    const changes = this.book.changes();
    try {
      await this.keys.save(changes);
    } catch (error) {
      this.book.again(changes);
      throw error;
    }
  }

  /** After the first round of a connection: messages that wait for a key are looked at again, and the backup. */
  settle(onUsed: (recoveryKey: string) => Promise<void>, recoveryKey: string | undefined): void {
    this.#later(async () => {
      if (recoveryKey !== undefined) await this.#recover(recoveryKey, onUsed);
      await this.crypto.backend.checkKeyBackupAndEnable();
      await this.recovery.look();
      for (const { room, id } of this.#unopened()) if (!this.crypto.isWaiting(id)) await this.#again(room, id);
    });
  }

  /** Resolves when nothing of it is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.save().catch(() => {});
    this.options.wire.close();
    await this.#background;
    // What the library has under way ends by itself without a network; it must not find the keys gone meanwhile.
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    this.crypto.stop();
    await this.keys.close();
  }

  /** The first time with this device: the entries of another one go as its own come. */
  async #begin(stored: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const { userId, deviceId } = this.options.who;
    const changes = new Map<string, Uint8Array | null>(KeyStore.entries(stored).map((name) => [name, null]));
    changes.set('device', new TextEncoder().encode(JSON.stringify({ userId, deviceId })));
    await this.keys.save(changes);
  }

  /** The key that was given at the sign-in: used once; one that does not fit is told of and not tried again. */
  async #recover(key: string, onUsed: (key: string) => Promise<void>): Promise<void> {
    try {
      await this.recovery.use(key);
    } catch (error) {
      if (!(error instanceof AdapterError && error.kind === 'rejected')) throw error;
      this.recovery.note = error.message;
    }
    await this.save();
    await onUsed(key);
  }

  #unopened(): { room: Room; id: string }[] {
    const all = [...this.book.all].filter(({ is }) => is === 'joined');
    return all.flatMap((room) => room.waiting.map((id) => ({ room, id }))).slice(0, mostRetried);
  }

  async #again(room: Room, id: string): Promise<void> {
    const raw = await this.api.get(path`/rooms/${room.id}/event/${id}`, { signal: this.options.signal });
    const opened = await this.crypto.open(room.id, oneEvent.parse(raw));
    if ('event' in opened) await this.#deliver(room, opened.event);
  }

  #healed(roomId: string, event: RawEvent): void {
    const room = this.book.room(roomId);
    if (room) this.#later(() => this.#deliver(room, event));
  }

  async #deliver(room: Room, event: RawEvent): Promise<void> {
    const events = await this.inbound.healed(room, event);
    await this.save();
    if (events.length > 0) await this.options.host.deliver(events);
    this.book.setWaiting(room, event.event_id, false);
  }

  #avatar(media: Media, user: string, address: string | undefined): void {
    if (this.book.avatarOf(user) === address) return;
    this.book.setAvatar(user, address);
    this.#later(async () => {
      const { host, signal } = this.options;
      const picture = address === undefined ? undefined : await media.avatar(address, signal);
      const avatar = picture && address !== undefined ? { id: address, ...picture } : null;
      const event: Event = { type: 'contact', buddy: this.people.buddy(user), avatar };
      await host.deliver([event]);
    });
  }

  /** What need not be waited for, one after the other. What fails is tried again with the next connection, if at all. */
  #later(work: () => Promise<void>): void {
    this.#background = this.#background.then(async () => {
      if (this.#closed) return;
      await work().catch((error: unknown) => {
        const why = error instanceof AdapterError ? error.message : oneLine(String(error), 200);
        this.options.host.log.debug('something beside the messages did not work', { why });
      });
    });
  }
}

/** The message keys of the account's earlier device, so that what it could open stays open. */
async function roomKeysOf(
  { host, wire, baseUrl, who }: LinkOptions,
  deviceId: string,
  stored: ReadonlyMap<string, Uint8Array>,
) {
  const keys = await KeyStore.load(host.vault, stored);
  try {
    const client = await makeClient({ baseUrl, wire, log: host.log, who: { ...who, deviceId } });
    const crypto = await Crypto.start(client, keys, async () => new Set());
    const found = await crypto.backend.exportRoomKeys();
    crypto.stop();
    return found;
  } catch {
    return undefined;
  } finally {
    await keys.close();
  }
}

function parse(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
