import type pg from 'pg';
import { DomainError, notFound } from '../../../core/errors.js';
import type { NamedFile } from '../../../core/messages/file-lines.js';
import type { SendRequest } from '../../../core/services.js';
import type { Place } from '../deliveries/chats.js';
import { conversationOf, makeConversation } from '../inbound/people.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';
import { filesOf } from './letters.js';
import type { MessageReader } from './reader.js';

/** Whatever a request about messages names must be the user's own: each throws `notFound` where it is not. */
export class Owned {
  constructor(
    private readonly pool: pg.Pool,
    private readonly reader: MessageReader,
  ) {}

  async place(userId: string, id: string): Promise<Place & { mixed: boolean }> {
    const { rows } = await this.pool.query<{ id: string; contact_id: string | null; mixed: boolean }>({
      name: 'place',
      text: 'SELECT id, contact_id, mixed FROM conversations WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL',
      values: [id, userId],
    });
    const row = rows[0];
    if (!row) throw notFound('conversation');
    return { id: row.id, contactId: row.contact_id, mixed: row.mixed };
  }

  /** The conversation of each contact, made where there is none yet; whether one was. */
  async placesOf(userId: string, contactIds: string[]): Promise<{ places: Place[]; made: boolean }> {
    const places: Place[] = [];
    let made = false;
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 2 * contactIds.length);
      const { rows } = await sql.query<{ id: string; name: string }>(
        'SELECT id, name FROM contacts WHERE id = ANY($1) AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL',
        [contactIds, userId],
      );
      const names = new Map(rows.map((row) => [row.id, row.name]));
      for (const contactId of contactIds) {
        const name = names.get(contactId);
        if (name === undefined) throw notFound('contact');
        const known = await conversationOf(sql, contactId);
        made ||= known === undefined;
        places.push({ id: known ?? (await makeConversation(sql, userId, contactId, name, false, revs)), contactId });
      }
    });
    return { places, made };
  }

  /** Whatever the request names must be the user's own. Answers its files. */
  async check(
    userId: string,
    place: Place & { mixed: boolean },
    { via, replyTo, inThread, attachments }: SendRequest,
  ): Promise<NamedFile[]> {
    if (
      via !== undefined &&
      !(await exists(
        this.pool,
        'SELECT 1 FROM accounts WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL',
        via,
        userId,
      ))
    )
      throw notFound('account');
    const files = await filesOf(this.pool, userId, attachments);
    if (replyTo === undefined) return files;
    await this.reader.find(userId, replyTo);
    const here = await exists(
      this.pool,
      `SELECT 1 FROM messages m WHERE m.id = $1 AND CASE WHEN m.group_id IS NOT NULL THEN m.group_id = $2
         ELSE EXISTS (SELECT 1 FROM chats c WHERE c.conversation_id = $2
           AND (c.id = m.chat_id OR c.id IN (SELECT d.chat_id FROM deliveries d WHERE d.message_id = m.id))) END`,
      replyTo,
      place.id,
    );
    if (!here)
      throw new DomainError('invalid', 'reply-elsewhere', 'The message answered is in another conversation.', {
        fields: { replyTo: 'is in another conversation' },
      });
    if (inThread === true && place.mixed)
      throw new DomainError(
        'invalid',
        'threads-not-possible',
        'There are no threads in a group over several networks.',
        {
          fields: { inThread: 'cannot be in this group' },
        },
      );
    return files;
  }

  async mustKnow(userId: string, id: string): Promise<void> {
    const known = await exists(
      this.pool,
      `SELECT 1 FROM contacts WHERE id = $1 AND user_id = $2
       UNION ALL SELECT 1 FROM buddies b JOIN accounts a ON a.id = b.account_id WHERE b.id = $1 AND a.user_id = $2`,
      id,
      userId,
    );
    if (!known) throw notFound('contact');
  }
}

async function exists(sql: Sql, query: string, id: string, scope: string): Promise<boolean> {
  const { rowCount } = await sql.query(query, [id, scope]);
  return (rowCount ?? 0) > 0;
}
