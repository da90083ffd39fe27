import { LRUCache } from 'lru-cache';
import { AdapterError, type ChatId, type ChatInfo, type Event, type Features, type Host } from '../../sdk/index.js';
import { buddyOf, chatWith, idOf, isRoom } from './ids.js';
import type { Line } from './network.js';
import type { Ties } from './outbound.js';

const mostGuests = 50;

/** Rooms of the practice network: the buddies echo and silent are in each, and whoever was invited since Parley started. */
export class Rooms {
  readonly #guests = new LRUCache<ChatId, Set<string>>({ max: 100 });

  constructor(
    private readonly host: Host,
    private readonly line: Line,
    private readonly ties: Ties,
    private readonly ownName: string,
  ) {}

  info(room: ChatId): ChatInfo {
    return { ...chatWith(room), memberCount: 3 + (this.#guests.get(room)?.size ?? 0) };
  }

  features(room: ChatId): Pick<Features, 'members' | 'invites' | 'topic'> {
    return {
      members: {
        list: async () => {
          this.ties.mustBeOnline();
          const guests = [...(this.#guests.get(room) ?? [])];
          return [
            { buddy: buddyOf('echo'), role: 'owner', presence: 'online' },
            { buddy: { id: this.line.name, address: this.line.name, name: this.ownName }, role: 'member' },
            ...['silent', ...guests].map((id) => ({ buddy: buddyOf(id), role: 'member' as const })),
          ];
        },
      },
      invites: { invite: (address) => this.#invite(room, address) },
      topic: { set: (topic) => this.#say({ type: 'chat', chat: { ...this.info(room), topic } }) },
    };
  }

  async leave(room: ChatId): Promise<void> {
    if (!isRoom(room)) throw new AdapterError('rejected', 'Only a room can be left.');
    await this.#say({ type: 'chat', chat: chatWith(room), joined: false });
  }

  async answer(room: ChatId, accepted: boolean): Promise<void> {
    this.ties.mustBeOnline();
    if (!this.line.memory.answer(room)) throw new AdapterError('rejected', 'There is no such invitation any more.');
    await this.#say({ type: 'chat', chat: this.info(room), joined: accepted });
  }

  async #invite(room: ChatId, address: string): Promise<void> {
    const guest = idOf(address);
    if (guest === undefined || isRoom(guest))
      throw new AdapterError('rejected', 'Only a practice buddy can be invited.');
    const guests = new Set(this.#guests.get(room));
    if (!['echo', 'silent', this.line.name].includes(guest)) guests.add(guest);
    if (guests.size > mostGuests) throw new AdapterError('rejected', 'The room is full.');
    this.#guests.set(room, guests);
    await this.#say({ type: 'chat', chat: this.info(room) });
  }

  /** The network tells it, as it tells everything: through what falls due. */
  async #say(event: Event): Promise<void> {
    this.ties.mustBeOnline();
    this.line.add([{ at: this.host.clock.now(), event }]);
    this.line.wake();
  }
}
