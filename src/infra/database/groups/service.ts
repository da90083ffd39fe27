import type pg from 'pg';
import type { Supervisor } from '../../../core/accounts/supervisor.js';
import { DomainError, notFound } from '../../../core/errors.js';
import type { GroupMemberView, GroupService, NewGroup, RecipientView } from '../../../core/groups/service.js';
import type { ConversationView, MessageView } from '../../../core/views.js';
import type { Clock } from '../../../sdk/index.js';
import { reachesOf } from '../messages/candidates.js';
import { inTransaction } from '../pool.js';
import { membersOf } from './members.js';
import { moveMessage } from './move.js';
import { placesOf } from './places.js';
import { recipientsOf } from './recipients.js';
import { changeGroup, deleteGroup, eraseNext, insertGroup, leftovers } from './store.js';

export type GroupEvents = {
  changed(userId: string): void;
  /** Whether answers are sent on is another matter now than before. */
  relay(userId: string): void;
};

/** How rows look to a client. */
export type Show = {
  conversation(userId: string, id: string): Promise<ConversationView>;
  message(userId: string, id: string): Promise<MessageView>;
};

export class Groups implements GroupService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly show: Show,
    private readonly supervisor: Supervisor,
    private readonly clock: Clock,
    private readonly events: GroupEvents,
  ) {}

  async create(userId: string, group: NewGroup): Promise<ConversationView> {
    const id = await inTransaction(this.pool, (sql) => insertGroup(sql, userId, group, this.clock.now()));
    return this.#changed(userId, id);
  }

  async patch(userId: string, id: string, change: Partial<NewGroup>): Promise<ConversationView> {
    await inTransaction(this.pool, (sql) => changeGroup(sql, userId, id, change, this.clock.now()));
    return this.#changed(userId, id);
  }

  async members(userId: string, id: string): Promise<GroupMemberView[]> {
    await mustBeGroup(this.pool, userId, id);
    const members = await membersOf(this.pool, [id]);
    const places = await placesOf(this.pool, members);
    const reaches = await reachesOf(this.pool, this.supervisor, userId, places, this.clock.now());
    return members.map(({ contactId, name }, index) => {
      const ways = reaches.get(places[index]!.id) ?? [];
      const open = ways.filter(({ closed }) => !closed);
      const channels = [...new Set(open.map(({ channel }) => channel))];
      const problem = ways.length === 0 ? NO_WAY : OPTED_OUT;
      return { contactId, name, channels, ...(channels.length > 0 ? {} : { problem }) };
    });
  }

  async remove(userId: string, id: string): Promise<void> {
    await inTransaction(this.pool, (sql) => deleteGroup(sql, userId, id));
    this.events.changed(userId);
    await this.#erase({ id, userId });
  }

  async move(userId: string, messageId: string, conversationId: string): Promise<MessageView> {
    const now = this.clock.now();
    await inTransaction(this.pool, (sql) => moveMessage(sql, userId, { id: messageId, to: conversationId, now }));
    this.events.changed(userId);
    this.events.relay(userId);
    return this.show.message(userId, messageId);
  }

  recipients(userId: string, messageId: string): Promise<RecipientView[]> {
    return recipientsOf(this.pool, userId, messageId);
  }

  /** Ends what a deletion had begun when the process was killed. */
  async eraseLeftovers(): Promise<void> {
    for (const group of await leftovers(this.pool)) await this.#erase(group);
  }

  async #erase(group: { id: string; userId: string }): Promise<void> {
    while (await inTransaction(this.pool, (sql) => eraseNext(sql, group))) this.events.changed(group.userId);
  }

  #changed(userId: string, id: string): Promise<ConversationView> {
    this.events.changed(userId);
    this.events.relay(userId);
    return this.show.conversation(userId, id);
  }
}

const NO_WAY = 'No account of yours leads to them. Add an account, or an address of theirs.';
const OPTED_OUT = 'They asked to get no more messages.';

async function mustBeGroup(pool: pg.Pool, userId: string, id: string): Promise<void> {
  const { rows } = await pool.query<{ mixed: boolean }>(
    'SELECT mixed FROM conversations WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL',
    [id, userId],
  );
  if (!rows[0]) throw notFound('group');
  if (!rows[0].mixed)
    throw new DomainError('not-found', 'not-a-group', 'This conversation is no group over several networks.');
}
