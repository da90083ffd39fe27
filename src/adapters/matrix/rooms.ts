import { z } from 'zod';
import { AdapterError, type ResolvedChat } from '../../sdk/index.js';
import type { Book, Room } from './book.js';
import { type Api, path } from './client.js';
import type { Crypto } from './crypto.js';
import { isRoomId, roomFrom, serverOf, userFrom } from './ids.js';
import type { Members } from './members.js';
import type { People } from './people.js';
import { asAdapterError, codeOfAnswer, oneLine } from './reasons.js';

const roomAnswer = z.looseObject({ room_id: z.string().refine(isRoomId) });
const keysAnswer = z.looseObject({ device_keys: z.record(z.string(), z.record(z.string(), z.unknown())).catch({}) });
const profileAnswer = z.looseObject({ displayname: z.unknown() });
const encryption = { algorithm: 'm.megolm.v1.aes-sha2' };

export type RoomsTools = { me: string; api: Api; book: Book; people: People; crypto: Crypto; members: Members };

/** Rooms come and go: opened, joined, left, accepted, declined. */
export class Rooms {
  #opening: Promise<unknown> = Promise.resolve();

  constructor(private readonly tools: RoomsTools) {}

  /** Until a room that is being opened is noted as a direct chat: the sync must not tell of it before. */
  async settled(): Promise<void> {
    await this.#opening.catch(() => {});
  }

  async resolve(address: string, join: boolean): Promise<ResolvedChat> {
    const own = serverOf(this.tools.me);
    const wanted = address.trim();
    if (join || wanted.startsWith('#') || wanted.startsWith('!')) {
      const room = roomFrom(wanted, own);
      if (room === undefined) throw new AdapterError('rejected', `"${oneLine(address, 100)}" cannot be a room.`);
      return { chat: await this.#join(room) };
    }
    const user = userFrom(wanted, own);
    if (user === undefined)
      throw new AdapterError('rejected', `"${oneLine(address, 100)}" cannot be a Matrix address.`);
    if (user === this.tools.me) throw new AdapterError('rejected', 'This is your own address.');
    const { book, people } = this.tools;
    await this.settled();
    let known = book.directWith(user);
    if (!known) {
      const opening = this.#open(user);
      this.#opening = opening;
      known = await opening;
    }
    return { chat: book.chat(known), buddy: people.buddy(user) };
  }

  async leave(id: string): Promise<void> {
    await this.#asking(() => this.tools.api.post(path`/rooms/${id}/leave`));
    this.tools.book.ensure(id, 'left');
    this.tools.members.forget(id);
  }

  /** A direct chat is noted as one, so that other clients of the account see it as such too. */
  async accept(id: string): Promise<void> {
    const { book } = this.tools;
    const { inviter, asDirect } = book.room(id) ?? {};
    await this.#join(id);
    if (asDirect && inviter !== undefined) await this.#noteDirect(inviter, id);
  }

  async block(user: string, on: boolean): Promise<void> {
    const { api, book, me } = this.tools;
    if (userFrom(user, undefined) === undefined) throw new AdapterError('rejected', 'This is no Matrix address.');
    const users = new Set(book.ignored);
    if (on) users.add(user);
    else users.delete(user);
    const body = { ignored_users: Object.fromEntries([...users].map((one) => [one, {}])) };
    await this.#asking(() => api.put(path`/user/${me}/account_data/m.ignored_user_list`, { body }));
  }

  async #join(room: string) {
    const { api, book, crypto } = this.tools;
    const already = book.room(room);
    if (already?.is === 'joined') return book.chat(already);
    const { room_id: id } = roomAnswer.parse(await this.#asking(() => api.post(path`/join/${room}`)));
    const known = book.room(id)?.is === 'joined' ? book.ensure(id, 'joined') : book.ensure(id, 'invited');
    if (room.startsWith('#')) known.alias ??= room;
    await this.#lookUp(known);
    known.is = 'joined';
    book.touch(known);
    await crypto.know(known);
    return book.chat(known);
  }

  /** What the next sync will tell anyway, but a message may go there first. */
  async #lookUp(known: Room): Promise<void> {
    const { api, book } = this.tools;
    const { id } = known;
    for (const type of ['m.room.encryption', 'm.room.name', 'm.room.join_rules', 'm.room.history_visibility']) {
      try {
        const content = z.record(z.string(), z.unknown()).parse(await api.get(path`/rooms/${id}/state/${type}/`));
        book.state(known, { type, sender: '', state_key: '', content });
      } catch (error) {
        if (codeOfAnswer(error) !== 'M_NOT_FOUND') throw asAdapterError(error, api.server);
      }
    }
  }

  async #open(user: string): Promise<Room> {
    const { api, book, crypto, people } = this.tools;
    const profile = profileAnswer.parse(await this.#asking(() => api.get(path`/profile/${user}`)));
    people.setName(user, profile.displayname);
    const encrypted = await this.#hasDevices(user);
    const body = {
      preset: 'trusted_private_chat',
      is_direct: true,
      invite: [user],
      ...(encrypted && {
        initial_state: [{ type: 'm.room.encryption', state_key: '', content: encryption }],
      }),
    };
    const answer = await this.#asking(() => api.post('/createRoom', { body }));
    const known = book.ensure(roomAnswer.parse(answer).room_id, 'joined');
    known.heroes = [user];
    if (encrypted) known.encryption = encryption;
    await this.#noteDirect(user, known.id);
    await crypto.know(known);
    return known;
  }

  /** Whether they can read encrypted messages at all. */
  async #hasDevices(user: string): Promise<boolean> {
    const body = { device_keys: { [user]: [] } };
    const answer = keysAnswer.parse(await this.#asking(() => this.tools.api.post('/keys/query', { body })));
    return Object.keys(answer.device_keys[user] ?? {}).length > 0;
  }

  async #noteDirect(user: string, room: string): Promise<void> {
    const { api, book, me } = this.tools;
    const body = { ...book.directOf, [user]: [...new Set([room, ...(book.directOf[user] ?? [])])] };
    book.setDirect(body);
    await this.#asking(() => api.put(path`/user/${me}/account_data/m.direct`, { body }));
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const found = asAdapterError(error, this.tools.api.server);
      if (codeOfAnswer(error) === 'M_NOT_FOUND')
        throw new AdapterError('rejected', 'There is no such room or person.', { cause: error });
      throw found;
    }
  }
}
