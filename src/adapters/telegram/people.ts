import { z } from 'zod';
import {
  AdapterError,
  type BuddyInfo,
  type ChatInfo,
  type Event,
  type Host,
  type Member,
  type ResolvedChat,
} from '../../sdk/index.js';
import type { BotApi } from './api.js';
import { buddyOfUser, chatName, kindOf, placeId, placeOf, readAddress } from './ids.js';
import type { Ledger } from './ledger.js';
import { chatSchema, memberSchema } from './wire.js';

const knownLimit = 5_000;

/** Chats by address, and the people in them. */
export class People {
  readonly #host: Host;
  readonly #api: BotApi;
  readonly #ledger: Ledger;
  readonly #known = new Map<string, ResolvedChat>();

  constructor(host: Host, api: BotApi, ledger: Ledger) {
    this.#host = host;
    this.#api = api;
    this.#ledger = ledger;
  }

  /** Remembers whom a message came from, so that an answer to them asks nobody. */
  saw(event: Event): void {
    if (event.type !== 'message') return;
    const { chat, from } = event;
    this.#keep(chat, chat.kind === 'direct' ? from : undefined);
  }

  /** A bot opens no chats: it finds those it is in. @throws AdapterError `rejected` with what to do instead */
  async resolve(address: string, join: boolean, mustBeUp: () => void): Promise<ResolvedChat> {
    const read = readAddress(address);
    if (read === undefined)
      throw new AdapterError('rejected', 'Enter the number of a chat, or the @name of a channel or public group.');
    const id = typeof read === 'string' ? undefined : placeId(read);
    const known = id === undefined ? undefined : this.#known.get(id);
    if (known) return known;
    mustBeUp();
    const wanted = typeof read === 'string' ? read : this.#ledger.present(read.chat).chat;
    const chat = await this.#api
      .call(chatSchema, (api, signal) => api.getChat({ chat_id: wanted }, signal))
      .catch((error) => {
        throw join && error instanceof AdapterError && error.kind === 'rejected'
          ? new AdapterError(
              'rejected',
              'A bot joins nothing by itself: somebody in the group or channel has to add it.',
            )
          : error;
      });
    const thread = typeof read === 'string' ? undefined : read.thread;
    const home = this.#ledger.home(chat.id).chat;
    const info: ChatInfo = {
      id: placeId({ chat: home, ...(thread === undefined ? {} : { thread }) }),
      kind: kindOf(chat),
      name: chatName(chat),
    };
    return this.#keep(info, info.kind === 'direct' ? buddyOfUser(chat) : undefined);
  }

  /** Telegram tells a bot the administrators and a number; who else is there stays unknown. */
  async members(chatId: string, me: BuddyInfo, signal: AbortSignal): Promise<Member[]> {
    const { chat: old } = placeOf(chatId);
    const { chat } = this.#ledger.present(old);
    if (chat > 0) {
      const { buddy } = await this.resolve(chatId, false, () => {});
      return [{ buddy: me }, ...(buddy ? [{ buddy }] : [])];
    }
    const [count, staff] = [
      await this.#api.call(z.number().int(), (api, end) => api.getChatMemberCount({ chat_id: chat }, end), { signal }),
      await this.#api.call(
        z.array(memberSchema).max(1_000),
        (api, end) => api.getChatAdministrators({ chat_id: chat }, end),
        { signal },
      ),
    ];
    const known = this.#known.get(chatId)?.chat;
    if (known) await this.#host.deliver([{ type: 'chat', chat: { ...known, memberCount: count } }]);
    const members = staff.map(
      ({ status, user }): Member => ({
        buddy: buddyOfUser(user),
        role: status === 'creator' ? 'owner' : 'admin',
      }),
    );
    return members.some(({ buddy }) => buddy.id === me.id) ? members : [{ buddy: me, role: 'member' }, ...members];
  }

  #keep(chat: ChatInfo, buddy: BuddyInfo | undefined): ResolvedChat {
    const before = this.#known.get(chat.id);
    const kept = { chat, ...((buddy ?? before?.buddy) ? { buddy: buddy ?? before?.buddy } : {}) };
    this.#known.delete(chat.id);
    this.#known.set(chat.id, kept);
    const oldest = this.#known.keys().next();
    if (this.#known.size > knownLimit && !oldest.done) this.#known.delete(oldest.value);
    return kept;
  }
}
