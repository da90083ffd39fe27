import type pg from 'pg';
import type { Mention } from '../../../core/attention/mentions.js';
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
import type { MessageView } from '../../../core/views.js';
import type { BuddyInfo, ChatInfo, Event, Json, MessageEvent } from '../../../sdk/index.js';
import type { BlobStore } from '../../storage/blobs.js';
import { contactNames } from '../groups/place.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';
import { newAvatars } from './avatars.js';
import { storeBatch } from './batch.js';
import { type Context, type Memory, type StoredFile, tellConversations } from './context.js';
import { applyEvent, applyParked, dropStaleParked, REVISIONS_PER_EVENT } from './events.js';
import type { MentionBook } from './mentions.js';
import { ensureBuddy, ensureChat } from './people.js';

export class PgInboundStore implements InboundStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly blobs: BlobStore,
    private readonly mentions: MentionBook,
    private readonly parkedApplied: (userId: string) => void,
  ) {}

  prepare(account: InboundAccount, chat: ChatInfo, from: BuddyInfo) {
    return inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, account.userId, REVISIONS_PER_EVENT);
      const buddy = await ensureBuddy(sql, account, from, chat.kind === 'direct', revs);
      const known = await ensureChat(sql, account, chat, buddy, { request: 'strangers' }, revs);
      const { rowCount } = await sql.query(
        'SELECT 1 FROM messages WHERE chat_id = $1 AND unreadable IS NOT NULL LIMIT 1',
        [known.chatId],
      );
      const unreadable = rowCount === 1;
      return { chat: { chatId: known.chatId, declined: known.declined, unreadable }, buddy };
    });
  }

  async isUnreadable(messages: Pick<InboundRow, 'chatId' | 'remoteId'>[]): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `SELECT 1 FROM unnest($1::uuid[], $2::text[]) AS x(chat_id, remote_id)
       JOIN messages m ON m.chat_id = x.chat_id AND m.remote_id = x.remote_id WHERE m.unreadable IS NOT NULL LIMIT 1`,
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

  async quarantine(
    account: InboundAccount,
    event: Event | undefined,
    cursor: Json | undefined,
    reason: string,
  ): Promise<void> {
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, account.userId, REVISIONS_PER_EVENT);
      const chat: ChatInfo =
        event !== undefined && 'chat' in event && event.chat.id.length <= 512
          ? { id: event.chat.id.replaceAll('\0', ''), kind: event.chat.kind }
          : { id: 'quarantine', kind: 'group', name: 'Could not be stored' };
      const note: MessageEvent = {
        type: 'message',
        chat,
        id: `quarantine:${newId()}`,
        from: { id: 'parley', address: 'parley', name: 'Parley' },
        text: `A ${event?.type ?? 'call'} from the network could not be stored: ${reason}`.slice(0, 1000),
        format: 'system',
        at: Date.now(),
      };
      const context: Context = { sql, account, revs, now: Date.now(), files: new Map(), settled: [] };
      await applyEvent(context, note);
      await moveCursor(sql, account.id, cursor);
    });
  }

  /** To be called from time to time. */
  dropStale(): Promise<void> {
    return dropStaleParked(this.pool);
  }

  #mentions(rows: readonly InboundRow[]): Promise<Mention[]> {
    return Promise.all(rows.map(async ({ account, text, html }) => (await this.mentions.of(account))(text, html)));
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

async function moveCursor(sql: Sql, accountId: string, cursor: Json | undefined): Promise<void> {
  await sql.query(
    'UPDATE accounts SET last_event_at = now(), cursor = CASE WHEN $2 THEN $3::jsonb ELSE cursor END WHERE id = $1',
    [accountId, cursor !== undefined, cursor === undefined ? null : JSON.stringify(cursor)],
  );
}

async function moveHistory(sql: Sql, accountId: string, { chatRemoteId, next }: HistoryMove): Promise<void> {
  await sql.query(
    'UPDATE chats SET history_position = $3::jsonb, history_done = $4 WHERE account_id = $1 AND remote_id = $2',
    [accountId, chatRemoteId, next === null ? null : JSON.stringify(next), next === null],
  );
}
