import type pg from 'pg';
import type { ReminderService, ReminderView } from '../../../core/attention/service.js';
import { DomainError, notFound } from '../../../core/errors.js';
import type { ConversationView, MessageView, Page, PageRequest } from '../../../core/views.js';
import { decodeCursor, encodeCursor } from '../messages/timeline.js';
import { inTransaction, Revisions } from '../pool.js';
import { messageViewOf, messageViews } from '../views/messages.js';

const MOST_REMINDERS = 500;

type Row = { id: string; conversationId: string; isMessage: boolean; sent_at: Date; due: boolean };

export class Reminders implements ReminderService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly conversation: (userId: string, id: string) => Promise<ConversationView>,
    private readonly changed: (userId: string) => void,
  ) {}

  async ofMessage(userId: string, id: string, at: string | null): Promise<MessageView> {
    await this.#set(
      userId,
      at,
      `UPDATE messages SET remind_at = $3, reminded_at = NULL, rev = $4
       WHERE id = $1 AND user_id = $2 AND echo_of IS NULL AND relay_of IS NULL AND ($3::timestamptz IS NULL OR deleted_at IS NULL)`,
      id,
      'message',
    );
    return messageViewOf(this.pool, userId, id);
  }

  async ofConversation(userId: string, id: string, at: string | null): Promise<ConversationView> {
    await this.#set(
      userId,
      at,
      `UPDATE conversations SET remind_at = $3, reminded_at = NULL, rev = $4
       WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL`,
      id,
      'conversation',
    );
    return this.conversation(userId, id);
  }

  async list(userId: string, { limit, cursor }: PageRequest): Promise<Page<ReminderView>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const { rows } = await this.pool.query<Row>(
      `SELECT * FROM (
         SELECT m.id, coalesce(m.group_id, c.conversation_id) AS "conversationId", true AS "isMessage", m.remind_at AS sent_at,
           m.reminded_at IS NOT NULL AS due
         FROM messages m JOIN chats c ON c.id = m.chat_id WHERE m.user_id = $1 AND m.remind_at IS NOT NULL
         UNION ALL
         SELECT id, id, false, remind_at, reminded_at IS NOT NULL FROM conversations
         WHERE user_id = $1 AND remind_at IS NOT NULL AND deleted_at IS NULL AND merged_into IS NULL) AS r
       WHERE $2::timestamptz IS NULL OR (sent_at, id) > ($2, $3::uuid) ORDER BY sent_at, id LIMIT $4`,
      [userId, after?.sent_at ?? null, after?.id ?? null, limit + 1],
    );
    const shown = rows.slice(0, limit);
    const ids = shown.filter(({ isMessage }) => isMessage).map(({ id }) => id);
    const messages = new Map((await messageViews(this.pool, userId, ids)).map((view) => [view.id, view]));
    const last = shown.at(-1);
    return {
      items: shown.map(({ id, conversationId, sent_at, due }) => ({
        conversationId,
        message: messages.get(id) ?? null,
        at: sent_at.toISOString(),
        due,
      })),
      nextCursor: rows.length > limit && last ? encodeCursor(last) : null,
    };
  }

  async #set(userId: string, at: string | null, statement: string, id: string, what: string): Promise<void> {
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 1);
      const { rowCount } = await sql.query(statement, [id, userId, at, revs.next()]);
      if (!rowCount) throw notFound(what);
      if (at === null) return;
      const { rows } = await sql.query<{ count: number }>(
        `SELECT (SELECT count(*) FROM messages WHERE user_id = $1 AND remind_at IS NOT NULL)
           + (SELECT count(*) FROM conversations WHERE user_id = $1 AND remind_at IS NOT NULL) AS count`,
        [userId],
      );
      if ((rows[0]?.count ?? 0) > MOST_REMINDERS)
        throw new DomainError('conflict', 'too-many-reminders', 'There are too many reminders. Put some away first.');
    });
    this.changed(userId);
  }
}
