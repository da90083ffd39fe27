import { newId } from '../../../core/ids.js';
import type { InboundAccount } from '../../../core/messages/inbound.js';
import { FencedError } from '../../../core/nodes/fenced.js';
import type { ChatInfo, Event, MessageEvent } from '../../../sdk/index.js';
import type { Revisions, Sql } from '../pool.js';
import { detailOf, keep, reasonOf } from '../quarantine/keep.js';
import { packed } from '../quarantine/payload.js';
import { applyEvent } from './events.js';

/** Keeps the event apart; where its chat can have a note that says so, it has one. */
export async function setEventAside(
  sql: Sql,
  account: InboundAccount,
  event: Event,
  cause: unknown,
  revs: Revisions,
): Promise<void> {
  const detail = detailOf(cause);
  const noteId = await note(sql, account, event, detail, revs);
  const { userId, id: accountId } = account;
  const kind = String(event.type).slice(0, 40);
  await keep(sql, {
    userId,
    accountId,
    direction: 'in',
    kind,
    reason: reasonOf(cause),
    detail,
    noteId,
    ...packed(event),
  });
}

/** What made the event fail may make its note fail, too. */
async function note(
  sql: Sql,
  account: InboundAccount,
  event: Event,
  detail: string,
  revs: Revisions,
): Promise<string | null> {
  const remoteId = `quarantine:${newId()}`;
  const message: MessageEvent = {
    type: 'message',
    chat: chatOf(event),
    id: remoteId,
    from: { id: 'parley', address: 'parley', name: 'Parley' },
    text: `A ${event.type} from the network could not be stored: ${detail}`,
    format: 'system',
    at: Date.now(),
  };
  await sql.query('SAVEPOINT note');
  try {
    await applyEvent({ sql, account, revs, now: Date.now(), files: new Map(), settled: [] }, message);
  } catch (error) {
    if (error instanceof FencedError) throw error;
    await sql.query('ROLLBACK TO SAVEPOINT note');
    return null;
  }
  const { rows } = await sql.query<{ id: string }>(
    'SELECT m.id FROM messages m JOIN chats c ON c.id = m.chat_id WHERE c.account_id = $1 AND m.remote_id = $2',
    [account.id, remoteId],
  );
  return rows[0]?.id ?? null;
}

function chatOf(event: Event): ChatInfo {
  const chat =
    'chat' in event && typeof event.chat?.id === 'string' && event.chat.id.length <= 512 ? event.chat : undefined;
  if (chat) return { id: chat.id.replaceAll('\0', '').toWellFormed(), kind: chat.kind };
  return { id: 'quarantine', kind: 'group', name: 'Could not be stored' };
}
