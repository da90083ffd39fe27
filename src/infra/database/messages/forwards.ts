import type pg from 'pg';
import { DomainError, notFound } from '../../../core/errors.js';
import { forwarded, type Original } from '../../../core/messages/forward.js';
import type { Forwarded, ForwardRequest, ForwardService } from '../../../core/messages/forwards.js';
import { mustOwnConversations } from '../conversations.js';
import { filesOf } from './letters.js';
import type { Previews } from './previews.js';
import type { Messages } from './service.js';

export class Forwards implements ForwardService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly messages: Messages,
    private readonly previews: Previews,
  ) {}

  async forward(
    userId: string,
    id: string,
    { conversationIds, onceKey, ...cover }: ForwardRequest & { onceKey?: string | undefined },
  ): Promise<Forwarded[]> {
    const letter = forwarded(await this.#original(userId, id), cover);
    await mustOwnConversations(this.pool, userId, conversationIds);
    letter.named = await filesOf(this.pool, userId, letter.files);
    const done: Forwarded[] = [];
    let refused: DomainError | undefined;
    for (const [index, conversationId] of [...new Set(conversationIds)].entries()) {
      const request = { onceKey: onceKey === undefined ? undefined : `${onceKey} ${index}` };
      try {
        const sent = await this.messages.sendLetter(
          userId,
          conversationId,
          async () => letter,
          request,
          async (sql, messageId) => {
            await sql.query('UPDATE messages SET forward_of = $2 WHERE id = $1', [messageId, id]);
          },
        );
        done.push({ conversationId, ...sent });
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        refused ??= error;
        done.push({ conversationId, problem: { code: error.code, detail: error.message } });
      }
    }
    if (refused && done.every((one) => one.problem !== undefined)) throw refused;
    return done;
  }

  async preview(userId: string, id: string, { conversationIds, ...cover }: ForwardRequest) {
    const letter = forwarded(await this.#original(userId, id), cover);
    const found = [];
    for (const conversationId of new Set(conversationIds)) {
      const preview = await this.previews.letter(userId, conversationId, () => letter, { attachments: letter.files });
      found.push({ conversationId, preview });
    }
    return found;
  }

  async #original(userId: string, id: string): Promise<Original> {
    const { rows } = await this.pool.query<Original>(
      `SELECT m.text, m.html, m.format, m.direction = 'out' AS own,
         CASE WHEN m.direction = 'out' THEN u.name ELSE coalesce(k.name, m.sender_name) END AS "senderName",
         coalesce(m.subject, c.subject) AS subject, m.deleted_at IS NOT NULL AS deleted, m.unreadable IS NOT NULL AS unreadable,
         ARRAY(SELECT attachment_id FROM message_attachments x WHERE x.message_id = m.id ORDER BY position) AS files
       FROM messages m JOIN users u ON u.id = m.user_id JOIN chats c ON c.id = m.chat_id
         LEFT JOIN buddies b ON b.id = m.buddy_id LEFT JOIN contacts k ON k.id = b.contact_id AND k.deleted_at IS NULL
       WHERE m.id = $1 AND m.user_id = $2 AND m.echo_of IS NULL AND m.relay_of IS NULL`,
      [id, userId],
    );
    return rows[0] ?? Promise.reject(notFound('message'));
  }
}
