import { LRUCache } from 'lru-cache';
import { limited, networkName, refusal } from '../../core/accounts/ask.js';
import { type Listed, listed, memberPage } from '../../core/conversations/members.js';
import type { Typing } from '../../core/conversations/typing.js';
import type { RoomService } from '../../core/services.js';
import type { MemberView, Page, PageRequest } from '../../core/views.js';
import { type RoomContext, roomWith } from './room-verbs.js';

/** Lists of members may be long: few are kept, and not for long. */
const MOST_LISTS = 20;
const KEPT_MS = 30_000;

export class Rooms implements RoomService {
  readonly #lists = new LRUCache<string, { at: number; members: Promise<Listed[]> }>({ max: MOST_LISTS });

  constructor(
    private readonly context: RoomContext,
    private readonly writing: Typing,
  ) {}

  typing(userId: string, id: string, on: boolean): Promise<void> {
    return this.writing.set(userId, id, on);
  }

  async members(
    userId: string,
    id: string,
    { chatId, limit, cursor }: PageRequest & { chatId?: string },
  ): Promise<Page<MemberView>> {
    const { chat, verb } = await roomWith(this.context, userId, id, chatId, 'members', 'its members cannot be listed');
    const now = this.context.clock.now();
    let kept = this.#lists.get(chat.id);
    if (!kept || now - kept.at > KEPT_MS) {
      const asked = limited(this.context.clock, (signal) => verb.list(signal)).then((members) => listed(members ?? []));
      kept = { at: now, members: asked };
      this.#lists.set(chat.id, kept);
      asked.catch(() => this.#lists.delete(chat.id));
    }
    const members = await kept.members.catch((error) => {
      throw refusal(networkName(this.context.supervisor, chat.network), error);
    });
    const { items, nextCursor } = memberPage(members, { limit, ...(cursor === undefined ? {} : { cursor }) });
    const buddies = await this.#buddies(chat.accountId, items);
    return {
      items: items.map(({ remoteId, ...member }) => ({ ...member, ...buddies.get(remoteId) })),
      nextCursor,
    };
  }

  async invite(userId: string, id: string, { address, chatId }: { address: string; chatId?: string }): Promise<void> {
    const { chat, verb } = await roomWith(this.context, userId, id, chatId, 'invites', 'nobody can be asked in');
    await limited(this.context.clock, () => verb.invite(address)).catch((error) => {
      throw refusal(networkName(this.context.supervisor, chat.network), error, 'address');
    });
    this.#lists.delete(chat.id);
  }

  async #buddies(accountId: string, members: readonly Listed[]): Promise<Map<string, { buddyId: string }>> {
    const { rows } = await this.context.pool.query<{ id: string; remote_id: string }>(
      'SELECT id, remote_id FROM buddies WHERE account_id = $1 AND remote_id = ANY($2)',
      [accountId, members.map(({ remoteId }) => remoteId)],
    );
    return new Map(rows.map((row) => [row.remote_id, { buddyId: row.id }]));
  }
}
