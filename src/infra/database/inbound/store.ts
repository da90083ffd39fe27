import type pg from 'pg';
import { newId } from '../../../core/ids.js';
import type {
  Committed,
  InboundAccount,
  InboundCall,
  InboundRow,
  InboundStore,
  StoredCall,
} from '../../../core/messages/inbound.js';
import type { BuddyInfo, ChatInfo, Event, Json, MessageEvent } from '../../../sdk/index.js';
import type { BlobStore } from '../../storage/blobs.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';
import { storeBatch } from './batch.js';
import {
  applyEvent,
  applyParked,
  type Context,
  dropStaleParked,
  REVISIONS_PER_EVENT,
  type StoredFile,
} from './events.js';
import { ensureBuddy, ensureChat } from './people.js';

export class PgInboundStore implements InboundStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly blobs: BlobStore,
    private readonly parkedApplied: (userId: string) => void,
  ) {}

  prepare(account: InboundAccount, chat: ChatInfo, from: BuddyInfo) {
    return inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, account.userId, REVISIONS_PER_EVENT);
      const buddy = await ensureBuddy(sql, account, from, chat.kind === 'direct', revs);
      const request = chat.kind === 'direct' && (await isStranger(sql, buddy.buddyId));
      const known = await ensureChat(sql, account, chat, buddy, { request }, revs);
      return { chat: known, buddy };
    });
  }

  async storeBatch(
    rows: InboundRow[],
    cursors: { accountId: string; cursor: Json | undefined }[],
  ): Promise<Committed[]> {
    const { committed, parked } = await storeBatch(this.pool, rows, cursors);
    if (parked) await this.#applyParked(rows);
    return committed;
  }

  async storeCall(call: InboundCall): Promise<StoredCall> {
    const files = await this.#storeFiles(call.events);
    const settled: string[] = [];
    await inTransaction(this.pool, async (sql) => {
      const events = call.events.filter((event) => event.type !== 'typing' && event.type !== 'presence');
      if (events.length > 0) {
        const revs = await Revisions.take(sql, call.account.userId, events.length * REVISIONS_PER_EVENT);
        const context: Context = { sql, account: call.account, revs, now: Date.now(), files, settled };
        for (const event of events) await applyEvent(context, event);
      }
      await moveCursor(sql, call.account.id, call.cursor);
    });
    return { settled };
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

  async #storeFiles(events: Event[]): Promise<Map<MessageEvent, StoredFile[]>> {
    const files = new Map<MessageEvent, StoredFile[]>();
    for (const event of events) {
      if (event.type !== 'message' || !event.attachments?.length) continue;
      const stored: StoredFile[] = [];
      for (const { name, type, content } of event.attachments) {
        const { hash, size } = await this.blobs.put([content]);
        stored.push({ name, type, size, hash });
      }
      files.set(event, stored);
    }
    return files;
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

/** Someone who wrote first on an instant messaging network: their conversation is a request until it is accepted. */
async function isStranger(sql: Sql, buddyId: string): Promise<boolean> {
  const { rows } = await sql.query<{ stranger: boolean }>(
    `SELECT a.channel = 'im' AND NOT EXISTS (SELECT 1 FROM chats WHERE buddy_id = b.id) AND NOT c.named
       AND (SELECT count(*) FROM buddies o WHERE o.contact_id = c.id) = 1 AS stranger
     FROM buddies b JOIN accounts a ON a.id = b.account_id LEFT JOIN contacts c ON c.id = b.contact_id WHERE b.id = $1`,
    [buddyId],
  );
  return rows[0]?.stranger === true;
}
