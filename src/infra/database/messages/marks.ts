import type pg from 'pg';
import { DomainError, notFound } from '../../../core/errors.js';
import type { EarlierView, MarkService, Marks } from '../../../core/messages/marks.js';
import type { MessageView, Page, PageRequest } from '../../../core/views.js';
import type { Clock } from '../../../sdk/index.js';
import { mustOwnConversations } from '../conversations.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';
import type { PrismaClient } from '../prisma.js';
import { messagePage, messageViewOf } from '../views/messages.js';
import { decodeCursor, encodeCursor, type Found } from './timeline.js';

/** More are no longer found at a glance. */
const MOST_PINS = 50;

export class MessageMarks implements MarkService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly prisma: PrismaClient,
    private readonly clock: Clock,
    private readonly changed: (userId: string) => void,
  ) {}

  async set(userId: string, id: string, { starred, pinned }: Marks): Promise<MessageView> {
    const now = new Date(this.clock.now());
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 2);
      const { conversationId, isPinned } = await markable(sql, userId, id);
      if (pinned === true && !isPinned) await mustHaveRoom(sql, userId, conversationId);
      await sql.query(
        `UPDATE messages SET starred_at = CASE $2::bool WHEN true THEN coalesce(starred_at, $4) WHEN false THEN NULL ELSE starred_at END,
           pinned_at = CASE $3::bool WHEN true THEN coalesce(pinned_at, $4) WHEN false THEN NULL ELSE pinned_at END, rev = $5
         WHERE id = $1`,
        [id, starred ?? null, pinned ?? null, now, revs.next()],
      );
      if (pinned !== undefined)
        await sql.query('UPDATE conversations SET rev = $2 WHERE id = $1', [conversationId, revs.next()]);
    });
    this.changed(userId);
    return messageViewOf(this.pool, userId, id);
  }

  async starred(userId: string, { limit, cursor }: PageRequest): Promise<Page<MessageView>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const { rows } = await this.pool.query<Found>(
      `SELECT id, starred_at AS sent_at FROM messages
       WHERE user_id = $1 AND starred_at IS NOT NULL AND echo_of IS NULL AND relay_of IS NULL
         AND ($2::timestamptz IS NULL OR (starred_at, id) < ($2, $3::uuid))
       ORDER BY starred_at DESC, id DESC LIMIT $4`,
      [userId, after?.sent_at ?? null, after?.id ?? null, limit + 1],
    );
    const { items, last } = await messagePage(this.pool, userId, rows, limit);
    return { items, nextCursor: last ? encodeCursor(last) : null };
  }

  async pins(userId: string, conversationId: string): Promise<MessageView[]> {
    await mustOwnConversations(this.pool, userId, [conversationId]);
    const found = await pinnedIn(this.pool, userId, conversationId);
    return (await messagePage(this.pool, userId, found, MOST_PINS)).items;
  }

  async edits(userId: string, id: string): Promise<EarlierView[]> {
    const { rowCount } = await this.pool.query('SELECT 1 FROM messages WHERE id = $1 AND user_id = $2', [id, userId]);
    if (rowCount === 0) throw notFound('message');
    const rows = await this.prisma.messageEdit.findMany({
      where: { messageId: id },
      orderBy: [{ at: 'asc' }, { id: 'asc' }],
    });
    return rows.map(({ text, html, at }) => ({ text, ...(html === null ? {} : { html }), at: at.toISOString() }));
  }
}

async function markable(sql: Sql, userId: string, id: string): Promise<{ conversationId: string; isPinned: boolean }> {
  const { rows } = await sql.query<{ conversationId: string; isPinned: boolean; deleted: boolean }>(
    `SELECT coalesce(m.group_id, c.conversation_id) AS "conversationId", m.pinned_at IS NOT NULL AS "isPinned",
       m.deleted_at IS NOT NULL AS deleted
     FROM messages m JOIN chats c ON c.id = m.chat_id
     WHERE m.id = $1 AND m.user_id = $2 AND m.echo_of IS NULL AND m.relay_of IS NULL`,
    [id, userId],
  );
  const [row] = rows;
  if (!row) throw notFound('message');
  if (row.deleted) throw new DomainError('conflict', 'message-deleted', 'This message was deleted.');
  return row;
}

async function mustHaveRoom(sql: Sql, userId: string, conversationId: string): Promise<void> {
  if ((await pinnedIn(sql, userId, conversationId)).length < MOST_PINS) return;
  throw new DomainError(
    'conflict',
    'too-many-pins',
    `A conversation can have ${MOST_PINS} pinned messages. Unpin one of them first.`,
  );
}

async function pinnedIn(sql: Sql, userId: string, conversationId: string): Promise<{ id: string }[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT m.id FROM messages m JOIN chats c ON c.id = m.chat_id
     WHERE m.user_id = $1 AND m.pinned_at IS NOT NULL AND m.echo_of IS NULL AND m.relay_of IS NULL
       AND coalesce(m.group_id, c.conversation_id) = $2
     ORDER BY m.pinned_at DESC, m.id DESC LIMIT ${MOST_PINS}`,
    [userId, conversationId],
  );
  return rows;
}
