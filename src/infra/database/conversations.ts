import type pg from 'pg';
import type { Supervisor } from '../../core/accounts/supervisor.js';
import { DomainError, notFound } from '../../core/errors.js';
import type { ConversationService } from '../../core/services.js';
import type { ConversationView, Page, PageRequest } from '../../core/views.js';
import type { Clock } from '../../sdk/index.js';
import { isId } from './accounts.js';
import { mentionsAfter, unreadAfter } from './groups/reading.js';
import { ensureBuddy, ensureChat } from './inbound/people.js';
import { mustBeToBeHad } from './messages/forced.js';
import { inTransaction, Revisions, type Sql } from './pool.js';
import { resolveAddress } from './resolve.js';
import { answerInvitations, leaveRoom, type RoomContext, setTopic } from './room-verbs.js';
import { markRead } from './rooms.js';
import { mustOwnRoute } from './routes.js';
import type { ViewContext } from './views/accounts.js';
import { conversationViews } from './views/conversations.js';

/** Told once a change is committed. */
export type ConversationEvents = {
  changed(userId: string): void;
  /** Who may write to the user is another matter now than before. */
  admitted(): void;
  /** Chats of this account were read further than the others know. */
  read(accountId: string): void;
};

export class Conversations implements ConversationService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly context: ViewContext,
    private readonly supervisor: Supervisor,
    private readonly clock: Clock,
    private readonly events: ConversationEvents,
  ) {}

  async openChat(userId: string, { accountId, address, join }: { accountId: string; address?: string; join?: string }) {
    const { rows } = await this.pool.query<{ network: string }>(
      'SELECT network FROM accounts WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL',
      [accountId, userId],
    );
    if (!rows[0]) throw notFound('account');
    const account = { id: accountId, userId, network: rows[0].network };
    const resolved = await resolveAddress(this.supervisor, account, (join ?? address)!, join !== undefined);
    const known = await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 10);
      const buddy =
        resolved.buddy && (await ensureBuddy(sql, account, resolved.buddy, resolved.chat.kind === 'direct', revs));
      const chat = await ensureChat(sql, account, resolved.chat, buddy, { request: false, joined: true }, revs);
      await sql.query(`UPDATE conversations SET request = 'none', rev = $2 WHERE id = $1`, [
        chat.conversationId,
        revs.next(),
      ]);
      return chat;
    });
    this.events.admitted();
    this.events.changed(userId);
    const conversation = await this.get(userId, known.conversationId);
    const chat = conversation.chats.find(({ id }) => id === known.chatId);
    if (!chat) throw notFound('chat');
    return { chat, conversation };
  }

  async list(
    userId: string,
    { limit, cursor, archived, contactId }: PageRequest & { archived?: boolean; contactId?: string },
  ): Promise<Page<ConversationView>> {
    const after = cursor === undefined ? undefined : decode(cursor);
    const { rows } = await this.pool.query<{ id: string; at: Date }>(
      `SELECT id, coalesce(last_message_at, created_at) AS at FROM conversations
       WHERE user_id = $1 AND deleted_at IS NULL AND merged_into IS NULL
         AND ($2::bool IS NULL OR archived = $2) AND ($3::uuid IS NULL OR contact_id = $3)
         AND ($4::timestamptz IS NULL OR (coalesce(last_message_at, created_at), id) < ($4, $5::uuid))
       ORDER BY at DESC, id DESC LIMIT $6`,
      [userId, archived ?? null, contactId ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
    );
    const wanted = rows.slice(0, limit);
    const ids = wanted.map((row) => row.id);
    const views = await conversationViews(this.pool, this.context, userId, ids);
    const byId = new Map(views.map((view) => [view.id, view]));
    const last = wanted.at(-1);
    return {
      items: wanted.flatMap((row) => byId.get(row.id) ?? []),
      nextCursor:
        rows.length > limit && last ? Buffer.from(`${last.at.toISOString()}|${last.id}`).toString('base64url') : null,
    };
  }

  async get(userId: string, id: string): Promise<ConversationView> {
    const [view] = await conversationViews(this.pool, this.context, userId, [id]);
    return view ?? Promise.reject(notFound('conversation'));
  }

  async patch(
    userId: string,
    id: string,
    { topic, ...change }: Parameters<ConversationService['patch']>[2],
  ): Promise<ConversationView> {
    if (topic !== undefined) await setTopic(this.#rooms(), userId, id, topic);
    const toTell = await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 1);
      await mustOwnRoute(sql, userId, change.routeId);
      if (change.via != null)
        await mustBeToBeHad(sql, this.supervisor, { userId, id, via: change.via }, this.clock.now());
      const { set, values } = assignments(change);
      const { rowCount } = await sql.query(
        `UPDATE conversations SET rev = $3${set}
         WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL`,
        [id, userId, revs.next(), ...values],
      );
      if (!rowCount) throw notFound('conversation');
      return change.readMessageId === undefined ? [] : moveReadMarker(sql, userId, id, change.readMessageId);
    });
    this.events.changed(userId);
    for (const accountId of toTell) this.events.read(accountId);
    return this.get(userId, id);
  }

  /** An invitation is answered at its network first. */
  async accept(userId: string, id: string): Promise<ConversationView> {
    await answerInvitations(this.#rooms(), userId, id, 'accept');
    return this.#request(userId, id, 'none', false);
  }

  async decline(userId: string, id: string): Promise<ConversationView> {
    await answerInvitations(this.#rooms(), userId, id, 'decline');
    return this.#request(userId, id, 'declined', true);
  }

  async leave(userId: string, id: string): Promise<ConversationView> {
    await leaveRoom(this.#rooms(), userId, id);
    this.events.changed(userId);
    return this.get(userId, id);
  }

  #rooms(): RoomContext {
    return { pool: this.pool, supervisor: this.supervisor, clock: this.clock };
  }

  async #request(userId: string, id: string, request: string, archived: boolean): Promise<ConversationView> {
    const accounts = await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 1);
      const { rowCount } = await sql.query(
        `UPDATE conversations SET request = $3, archived = $4, unread = CASE WHEN $4 THEN 0 ELSE unread END,
           mentions = CASE WHEN $4 THEN 0 ELSE mentions END, rev = $5
         WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL`,
        [id, userId, request, archived, revs.next()],
      );
      if (!rowCount) throw notFound('conversation');
      const { rows } = await sql.query<{ account_id: string }>(
        'SELECT DISTINCT account_id FROM chats WHERE conversation_id = $1',
        [id],
      );
      return rows.map((row) => row.account_id);
    });
    this.events.admitted();
    this.events.changed(userId);
    for (const accountId of accounts) this.events.read(accountId);
    return this.get(userId, id);
  }
}

/** @throws DomainError where one of them is not there, or not theirs */
export async function mustOwnConversations(sql: Sql, userId: string, ids: readonly string[]): Promise<void> {
  const { rowCount } = await sql.query(
    'SELECT 1 FROM conversations WHERE id = ANY($1) AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL',
    [ids, userId],
  );
  if ((rowCount ?? 0) < new Set(ids).size) throw notFound('conversation');
}

type Patch = Omit<Parameters<ConversationService['patch']>[2], 'topic' | 'readMessageId'>;

/** Where each thing the user may change of a conversation is kept. */
const columns: Record<keyof Patch, string> = {
  pinned: 'pinned',
  archived: 'archived',
  mutedUntil: 'muted_until',
  draft: 'draft',
  name: 'name',
  sendTyping: 'send_typing',
  sendReceipts: 'send_receipts',
  routeId: 'route_id',
  via: 'via_account_id',
  whenStuck: 'when_stuck',
  notify: 'notify',
  snoozedUntil: 'snoozed_until',
  markedUnread: 'marked_unread',
  scene: 'scene',
};

/** What is given, as SQL: its values are the fourth parameter and those after it. */
function assignments(change: Patch): { set: string; values: unknown[] } {
  const given: Record<string, unknown> = {
    ...change,
    ...(change.draft && { draft: change.draft.replaceAll('\0', '').toWellFormed() }),
    ...(change.draft === '' && { draft: null }),
    ...(change.scene && { scene: JSON.stringify(change.scene) }),
  };
  const named = Object.entries(columns).filter(([key]) => given[key] !== undefined);
  return {
    set: named.map(([, column], at) => `, ${column} = $${at + 4}`).join(''),
    values: named.map(([key]) => given[key]),
  };
}

/** Answers the accounts whose networks may be told. @throws DomainError for a message of somebody else */
async function moveReadMarker(sql: Sql, userId: string, id: string, messageId: string): Promise<string[]> {
  const { rows: before } = await sql.query<{ read_at: Date | null }>(
    'SELECT read_at FROM conversations WHERE id = $1',
    [id],
  );
  const { rowCount } = await sql.query(
    `UPDATE conversations v SET read_at = greatest(v.read_at, m.sent_at),
       read_message_id = CASE WHEN v.read_at IS NULL OR m.sent_at >= v.read_at THEN m.id ELSE v.read_message_id END,
       unread = ${unreadAfter('v', 'greatest(v.read_at, m.sent_at)')},
       mentions = ${mentionsAfter('v', 'greatest(v.read_at, m.sent_at)')}, marked_unread = false
     FROM messages m WHERE v.id = $1 AND m.id = $2 AND m.user_id = $3`,
    [id, messageId, userId],
  );
  if (!rowCount) throw notFound('message');
  return markRead(sql, id, before[0]?.read_at ?? null);
}

function decode(cursor: string): { at: string; id: string } {
  const [at, id] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  if (at !== undefined && id !== undefined && isId(id) && !Number.isNaN(Date.parse(at))) return { at, id };
  throw new DomainError('invalid', 'invalid-cursor', 'This cursor is not one of ours.', {
    fields: { cursor: 'must be a nextCursor' },
  });
}
