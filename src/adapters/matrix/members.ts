import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { limits, type Member } from '../../sdk/index.js';
import type { Book, Room } from './book.js';
import { type Api, path } from './client.js';
import type { Crypto } from './crypto.js';
import { isUserId } from './ids.js';
import type { People } from './people.js';

const membersAnswer = z.looseObject({
  chunk: z.array(
    z.looseObject({
      state_key: z.string(),
      content: z.looseObject({ membership: z.string(), displayname: z.unknown() }),
    }),
  ),
});
const powersAnswer = z.looseObject({
  users: z.record(z.string(), z.number()).catch({}),
  users_default: z.number().catch(0),
});
const roomsRemembered = 200;

/** Who is in a room: asked for when it is needed (to encrypt, to show), then kept up to date by what the sync says. */
export class Members {
  readonly #targets = new LRUCache<string, Set<string>>({ max: roomsRemembered });
  crypto: Crypto | undefined;
  /** A picture was set; told for people we have a direct chat with. */
  onAvatar: ((user: string, address: string | undefined) => void) | undefined;

  constructor(
    private readonly me: string,
    private readonly api: Api,
    private readonly book: Book,
    private readonly people: People,
  ) {}

  /** Whom to encrypt for: those in the room, and those asked in where they may read what is written meanwhile. */
  async targets(room: Room): Promise<ReadonlySet<string>> {
    const known = this.#targets.get(room.id);
    if (known) return known;
    const wanted = room.visibility === 'joined' ? ['join'] : ['join', 'invite'];
    const found = new Set<string>([this.me]);
    for (const membership of wanted) for (const { id } of await this.#ask(room.id, membership)) found.add(id);
    this.#targets.set(room.id, found);
    return found;
  }

  forget(roomId: string): void {
    this.#targets.delete(roomId);
  }

  async changed(room: Room, user: string, membership: string, content: Record<string, unknown>): Promise<void> {
    this.people.setName(user, content.displayname);
    this.book.named(room, user);
    if (this.book.isPeer(user) && membership === 'join') {
      this.onAvatar?.(user, typeof content.avatar_url === 'string' ? content.avatar_url : undefined);
    }
    const inside = membership === 'join' || (membership === 'invite' && room.visibility !== 'joined');
    if (inside) this.#targets.get(room.id)?.add(user);
    else this.#targets.get(room.id)?.delete(user);
    if (!inside && user !== this.me && room.encryption !== undefined) await this.crypto?.renewKey(room);
  }

  async list(room: Room, signal: AbortSignal): Promise<Member[]> {
    const [present, powers] = await Promise.all([this.#ask(room.id, 'join', signal), this.#powers(room.id, signal)]);
    return present.slice(0, limits.members).map(({ id }) => {
      const presence = id === this.me ? undefined : this.people.presence(id);
      const power = powers.users[id] ?? powers.users_default;
      return {
        buddy: this.people.buddy(id),
        role: power >= 100 ? 'admin' : power >= 50 ? 'moderator' : 'member',
        ...(presence && { presence }),
      };
    });
  }

  async #ask(roomId: string, membership: string, signal?: AbortSignal): Promise<{ id: string }[]> {
    const options = { query: { membership }, ...(signal && { signal }) };
    const { chunk } = membersAnswer.parse(await this.api.get(path`/rooms/${roomId}/members`, options));
    const valid = chunk.filter(({ state_key: id }) => isUserId(id));
    for (const { state_key: id, content } of valid) this.people.setName(id, content.displayname);
    return valid.map(({ state_key: id }) => ({ id }));
  }

  async #powers(roomId: string, signal: AbortSignal) {
    const read = await this.api
      .get(path`/rooms/${roomId}/state/m.room.power_levels/`, { signal })
      .catch(() => ({ users: {}, users_default: 0 }));
    return powersAnswer.parse(read);
  }
}
