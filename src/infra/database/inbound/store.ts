import type pg from 'pg';
import type { FindMention, Mention } from '../../../core/attention/mentions.js';
import { newId } from '../../../core/ids.js';
import type {
  Committed,
  HistoryMove,
  InboundAccount,
  InboundCall,
  InboundRow,
  InboundStore,
  StoredCall,
} from '../../../core/messages/inbound.js';
import { FencedError } from '../../../core/nodes/fenced.js';
import type { MessageView } from '../../../core/views.js';
import type { BuddyInfo, ChatInfo, Event, Json } from '../../../sdk/index.js';
import type { BlobStore } from '../../storage/blobs.js';
import { contactNames } from '../groups/place.js';
import { isHeld } from '../held.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';
import { newAvatars } from './avatars.js';
import { storeBatch } from './batch.js';
import { type Context, type Memory, type StoredFile, tellConversations } from './context.js';
import { applyEvent, applyParked, dropStaleParked, REVISIONS_PER_EVENT } from './events.js';
import type { MentionBook } from './mentions.js';
import { ensureBuddy, ensureChat } from './people.js';
import { setEventAside } from './set-aside.js';
import type { WordIndex } from './words.js';

export class PgInboundStore implements InboundStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly blobs: BlobStore,
    private readonly mentions: MentionBook,
    private readonly words: WordIndex,
    private readonly parkedApplied: (userId: string) => void,
  ) {}

  prepare(account: InboundAccount, chat: ChatInfo, from: BuddyInfo) {
    return inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, account.userId, REVISIONS_PER_EVENT);
      const buddy = await ensureBuddy(sql, account, from, chat.kind === 'direct', revs);
      const known = await ensureChat(sql, account, chat, buddy, { request: 'strangers' }, revs);
      const { rowCount } = await sql.query(
        `(SELECT 1 FROM messages WHERE chat_id = $1 AND unreadable IS NOT NULL LIMIT 1)
         UNION ALL (SELECT 1 FROM messages WHERE chat_id = $1 AND thread_remote IS NOT NULL LIMIT 1) LIMIT 1`,
        [known.chatId],
      );
      return { chat: { chatId: known.chatId, declined: known.declined, delicate: rowCount === 1 }, buddy };
    });
  }

  async isAwaited(messages: Pick<InboundRow, 'chatId' | 'remoteId'>[]): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `SELECT 1 FROM unnest($1::uuid[], $2::text[]) AS x(chat_id, remote_id)
       WHERE EXISTS (SELECT 1 FROM messages m
           WHERE m.chat_id = x.chat_id AND m.remote_id = x.remote_id AND m.unreadable IS NOT NULL)
         OR EXISTS (SELECT 1 FROM messages t WHERE t.chat_id = x.chat_id AND t.thread_remote = x.remote_id) LIMIT 1`,
      [messages.map((message) => message.chatId), messages.map((message) => message.remoteId)],
    );
    return rowCount === 1;
  }

  async storeBatch(
    rows: InboundRow[],
    cursors: { accountId: string; cursor: Json | undefined }[],
  ): Promise<Committed[]> {
    const { committed, parked, grouped } = await storeBatch(this.pool, rows, cursors, await this.#mentions(rows));
    if (grouped.size > 0)
      await this.#nameMembers(committed.flatMap((one) => one.messages).filter(({ id }) => grouped.has(id)));
    if (parked) await this.#applyParked(rows);
    this.words.stored(rows.length);
    return committed;
  }

  async storeCall(call: InboundCall): Promise<StoredCall> {
    const files = await this.#storeFiles(call);
    const settled: string[] = [];
    const counts = { added: 0 };
    // Before the transaction: one that waits for a second connection could wait for others that do the same.
    const mentions = await this.mentions.of(call.account);
    await inTransaction(this.pool, async (sql) => {
      const events = call.events.filter((event) => event.type !== 'typing' && event.type !== 'presence');
      if (events.length > 0) {
        const revs = await Revisions.take(sql, call.account.userId, events.length * REVISIONS_PER_EVENT);
        const memory: Memory = { buddies: new Map(), chats: new Map(), touched: new Map(), parked: undefined };
        const context: Context = {
          sql,
          account: call.account,
          revs,
          now: Date.now(),
          files,
          settled,
          counts,
          memory,
          mentions,
        };
        for (const event of events) await applyEvent(context, event);
        await tellConversations(context);
      }
      await moveCursor(sql, call.account.id, call.cursor);
      if (call.history) await moveHistory(sql, call.account.id, call.history);
    });
    return { settled, added: counts.added };
  }

  async quarantine(account: InboundAccount, event: Event, cursor: Json | undefined, cause: unknown): Promise<void> {
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, account.userId, REVISIONS_PER_EVENT);
      await setEventAside(sql, account, event, cause, revs);
      await moveCursor(sql, account.id, cursor);
    });
  }

  /** To be called from time to time. */
  dropStale(): Promise<void> {
    return dropStaleParked(this.pool);
  }

  async #mentions(rows: readonly InboundRow[]): Promise<Mention[]> {
    const finders = new Map<string, FindMention>();
    for (const { account } of rows)
      if (!finders.has(account.id)) finders.set(account.id, await this.mentions.of(account));
    return rows.map(({ account, text, html }) => finders.get(account.id)?.(text, html) ?? 'none');
  }

  async #storeFiles({ account, events }: InboundCall): Promise<Map<Event, StoredFile[]>> {
    const files = new Map<Event, StoredFile[]>();
    const pictures = await newAvatars(this.pool, account.id, events);
    for (const event of events) {
      const contents = event.type === 'message' ? (event.attachments ?? []) : [];
      const stored: StoredFile[] = [];
      for (const { name, type, content, contentId } of [...contents, ...(pictures.get(event) ?? [])]) {
        const { hash, size } = await this.blobs.put([content]);
        stored.push({ id: newId(), name, type, size, hash, contentId });
      }
      if (stored.length > 0) files.set(event, stored);
    }
    return files;
  }

  /** In a group people are called as the user calls them. */
  async #nameMembers(messages: MessageView[]): Promise<void> {
    const names = await contactNames(
      this.pool,
      messages.flatMap(({ sender }) => sender.buddyId ?? []),
    );
    for (const { sender } of messages) sender.name = names.get(sender.buddyId ?? '') ?? sender.name;
  }

  async #applyParked(rows: InboundRow[]): Promise<void> {
    for (const { account, remoteId } of rows) {
      await inTransaction(this.pool, async (sql) => {
        const revs = await Revisions.take(sql, account.userId, 0);
        await applyParked({ sql, account, revs, now: Date.now(), files: new Map(), settled: [] }, remoteId);
      });
      this.parkedApplied(account.userId);
    }
  }
}

/** The row of `users` stays as it is until the cursor is stored. */
async function moveCursor(sql: Sql, accountId: string, cursor: Json | undefined): Promise<void> {
  const { rowCount } = await sql.query(
    `WITH u AS (SELECT u.id FROM users u JOIN accounts a ON a.user_id = u.id WHERE a.id = $1 AND ${isHeld('u')} FOR SHARE OF u)
     UPDATE accounts SET last_event_at = now(), cursor = CASE WHEN $2 THEN $3::jsonb ELSE cursor END
     FROM u WHERE accounts.id = $1`,
    [accountId, cursor !== undefined, cursor === undefined ? null : JSON.stringify(cursor)],
  );
  if (rowCount === 0) throw new FencedError();
}

async function moveHistory(sql: Sql, accountId: string, { chatRemoteId, next }: HistoryMove): Promise<void> {
  await sql.query(
    'UPDATE chats SET history_position = $3::jsonb, history_done = $4 WHERE account_id = $1 AND remote_id = $2',
    [accountId, chatRemoteId, next === null ? null : JSON.stringify(next), next === null],
  );
}
