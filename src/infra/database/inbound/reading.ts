import { clampTime, cleanLine } from '../../../core/messages/inbound.js';
import type { Event, ReceiptEvent } from '../../../sdk/index.js';
import { mentionsAfter, unreadAfter } from '../groups/reading.js';
import { type Context, findMessage, park, tellConversations } from './context.js';
import {
  findDelivery,
  noteReceipt,
  type PlacedDelivery,
  provable,
  prove,
  proveAll,
  touchMessages,
} from './receipts.js';

type Place = { chatId: string; at: Date; kind: string; messageId: string };

/** What others say of messages of ours. */
export async function onReceipt(context: Context, event: ReceiptEvent): Promise<void> {
  const { sql, account, revs } = context;
  const delivery = await findDelivery(sql, account.id, event.target);
  const place = await placeOf(context, event, delivery);
  if (!delivery && !place) return park(context, event.target, event);
  const reason = event.reason === undefined ? undefined : cleanLine(event.reason, 1000);
  if (delivery && (await prove(sql, delivery, { proves: event.proves, reason }, revs)))
    context.settled.push(delivery.id);
  if (!place || (event.proves !== 'delivered' && event.proves !== 'read')) return;
  if (event.upTo) await proveEarlier(context, place, event.proves);
  if (event.from && place.kind !== 'direct') await noteFrom(context, event, place, event.proves);
}

/** Everything up to the target is proven: it may be a message of anybody. */
async function placeOf(
  context: Context,
  event: ReceiptEvent,
  delivery: PlacedDelivery | undefined,
): Promise<Place | undefined> {
  const { sql, account } = context;
  if (delivery) {
    const { rows } = await sql.query<{ id: string; kind: string }>('SELECT id, kind FROM chats WHERE id = $1', [
      delivery.chat_id,
    ]);
    const chat = rows[0];
    return chat && { chatId: chat.id, kind: chat.kind, at: delivery.message_at, messageId: delivery.message_id };
  }
  if (!event.upTo) return undefined;
  const { rows } = await sql.query<{ chat: string; kind: string; at: Date; id: string }>(
    `SELECT c.id AS chat, c.kind, m.sent_at AS at, coalesce(m.echo_of, m.id) AS id
     FROM chats c JOIN messages m ON m.chat_id = c.id AND m.remote_id = $3 WHERE c.account_id = $1 AND c.remote_id = $2`,
    [account.id, event.upTo.id, event.target],
  );
  const row = rows[0];
  return row && { chatId: row.chat, kind: row.kind, at: row.at, messageId: row.id };
}

async function proveEarlier(context: Context, place: Place, proves: 'delivered' | 'read'): Promise<void> {
  const found = await provable(context.sql, place.chatId, place.at, proves);
  if (found.length === 0) return;
  const revs = await context.revs.more(context.sql, context.account.userId, 2 * found.length);
  await proveAll(context.sql, found, proves, revs);
  context.settled.push(...found.map(({ id }) => id));
}

async function noteFrom(
  context: Context,
  event: ReceiptEvent,
  place: Place,
  proves: 'delivered' | 'read',
): Promise<void> {
  const { sql, account, now } = context;
  const { id: sender, name, address } = event.from!;
  const receipt = {
    ...place,
    sender,
    name: cleanLine(name ?? address) || sender,
    proves,
    told: clampTime(event.at, now),
  };
  const changed = await noteReceipt(sql, receipt, event.upTo ? null : place.messageId);
  if (changed.length === 0) return;
  await touchMessages(sql, changed, await context.revs.more(sql, account.userId, changed.length));
}

/** What we read with another client is read here, and nobody has to be told. */
export async function onSeen(context: Context, event: Extract<Event, { type: 'seen' }>): Promise<void> {
  const { sql, account, revs } = context;
  const id = await findMessage(context, event.chat.id, event.target);
  if (id === undefined) return park(context, event.target, event);
  await tellConversations(context);
  await sql.query(
    `UPDATE chats c SET read_remote_id = $3, read_told_remote_id = $3 FROM messages m
     WHERE m.id = $4 AND c.account_id = $1 AND c.remote_id = $2 AND NOT EXISTS (
       SELECT 1 FROM messages r WHERE r.chat_id = c.id AND r.remote_id = c.read_remote_id AND r.sent_at > m.sent_at)`,
    [account.id, event.chat.id, event.target, id],
  );
  await sql.query(
    `UPDATE conversations v SET read_at = m.sent_at, read_message_id = m.id, rev = $4,
       unread = ${unreadAfter('v', 'm.sent_at')}, mentions = ${mentionsAfter('v', 'm.sent_at')}, marked_unread = false
     FROM messages m, chats c WHERE m.id = $3 AND c.account_id = $1 AND c.remote_id = $2
       AND v.id = coalesce(m.group_id, c.conversation_id) AND (v.read_at IS NULL OR m.sent_at >= v.read_at)`,
    [account.id, event.chat.id, id, revs.next()],
  );
}
