import { DomainError } from '../../../core/errors.js';
import { newId } from '../../../core/ids.js';
import { cleanLine, type InboundAccount } from '../../../core/messages/inbound.js';
import type { BuddyInfo, ResolvedChat } from '../../../sdk/index.js';
import { ensureBuddy, ensureChat, findChat, type KnownBuddy, type KnownChat } from '../inbound/people.js';
import { linkBuddies } from '../merge.js';
import type { Revisions, Sql } from '../pool.js';

/** The conversation that is written in. */
export type Place = { id: string; contactId: string | null };

/** Most revisions that opening a chat needs. */
export const OPEN_REVISIONS = 12;

/** A remote id that no network mints, for a chat whose network has not been asked yet. */
const standIn = (address: string): string => `\u0001${address}`;

/**
 * The chat with an address, in the conversation it was written to from. Whoever the address belongs to joins the contact:
 * a person typed it there. Only a contact that a person made of it keeps it.
 * @throws DomainError `conflict` where it belongs to another contact
 */
export async function openChat(
  sql: Sql,
  account: InboundAccount,
  place: Place,
  resolved: ResolvedChat,
  revs: Revisions,
): Promise<string> {
  const buddy = resolved.buddy && (await adopt(sql, account, place.contactId, resolved.buddy, revs));
  const known = await findChat(sql, account.id, resolved.chat.id);
  if (known) return moveHere(sql, known, place, revs);
  const { chat } = resolved;
  const id = newId();
  await insertChat(sql, id, account.id, place, {
    remoteId: chat.id,
    kind: chat.kind,
    name: chat.name,
    buddyId: buddy?.buddyId ?? null,
    address: null,
  });
  await sql.query('UPDATE conversations SET rev = $2 WHERE id = $1', [place.id, revs.next()]);
  return id;
}

/** The chat with an address whose network cannot be asked now; it is asked before the first message goes. */
export async function openLater(
  sql: Sql,
  account: InboundAccount,
  place: Place,
  target: { address: string; buddyId: string | null },
  revs: Revisions,
): Promise<string> {
  const remoteId = standIn(target.address);
  const known = await findChat(sql, account.id, remoteId);
  if (known) return moveHere(sql, known, place, revs);
  const id = newId();
  const { address, buddyId } = target;
  await insertChat(sql, id, account.id, place, { remoteId, kind: 'direct', name: address, buddyId, address });
  await sql.query('UPDATE conversations SET rev = $2 WHERE id = $1', [place.id, revs.next()]);
  return id;
}

/** A chat that is there already belongs to this conversation, or to another one of the same contact. */
async function moveHere(sql: Sql, chat: KnownChat, place: Place, revs: Revisions): Promise<string> {
  if (chat.conversationId === place.id) return chat.chatId;
  const { rowCount } = await sql.query(
    `UPDATE chats SET conversation_id = $2 WHERE id = $1 AND EXISTS (
       SELECT 1 FROM conversations v WHERE v.id = chats.conversation_id AND v.contact_id = $3)`,
    [chat.chatId, place.id, place.contactId],
  );
  if (!rowCount) throw await elsewhere(sql, chat.conversationId);
  for (const id of [chat.conversationId, place.id])
    await sql.query('UPDATE conversations SET rev = $2 WHERE id = $1', [id, revs.next()]);
  return chat.chatId;
}

async function insertChat(
  sql: Sql,
  id: string,
  accountId: string,
  place: Place,
  chat: { remoteId: string; kind: string; name: string | undefined; buddyId: string | null; address: string | null },
): Promise<void> {
  await sql.query(
    `INSERT INTO chats (id, account_id, remote_id, address, kind, name, buddy_id, conversation_id, home_conversation_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    [
      id,
      accountId,
      chat.remoteId,
      chat.address,
      chat.kind,
      chat.name === undefined ? null : cleanLine(chat.name),
      chat.buddyId,
      place.id,
    ],
  );
}

async function adopt(
  sql: Sql,
  account: InboundAccount,
  contactId: string | null,
  info: BuddyInfo,
  revs: Revisions,
): Promise<KnownBuddy> {
  const buddy = await ensureBuddy(sql, account, info, contactId === null, revs);
  if (contactId === null || buddy.contactId === contactId) return buddy;
  if (buddy.contactId !== null && !(await isMadeByItself(sql, buddy.contactId))) return buddy;
  await linkBuddies(sql, account.userId, contactId, [buddy.buddyId], revs);
  await sql.query('UPDATE contacts SET rev = $2 WHERE id = $1', [contactId, revs.next()]);
  return { ...buddy, contactId };
}

/** No person has named it, and it is nothing but this one address. */
async function isMadeByItself(sql: Sql, contactId: string): Promise<boolean> {
  const { rows } = await sql.query<{ plain: boolean }>(
    'SELECT NOT c.named AND (SELECT count(*) FROM buddies WHERE contact_id = c.id) = 1 AS plain FROM contacts c WHERE c.id = $1',
    [contactId],
  );
  return rows[0]?.plain === true;
}

async function elsewhere(sql: Sql, conversationId: string): Promise<DomainError> {
  const { rows } = await sql.query<{ name: string }>(
    'SELECT coalesce(c.name, v.name) AS name FROM conversations v LEFT JOIN contacts c ON c.id = v.contact_id WHERE v.id = $1',
    [conversationId],
  );
  return new DomainError(
    'conflict',
    'address-of-another',
    `This address is in the conversation with "${rows[0]?.name ?? ''}". Write there, or merge the two contacts.`,
  );
}

/**
 * The network has said which chat the address is. Where that was there already, it takes over what was written meanwhile.
 * Answers the chat that has the queue now.
 */
export async function chatOpened(
  sql: Sql,
  stand: { chatId: string; conversationId: string; contactId: string | null; account: InboundAccount },
  resolved: ResolvedChat,
  revs: Revisions,
): Promise<string> {
  const { account, chatId } = stand;
  const buddy = resolved.buddy && (await adopt(sql, account, stand.contactId, resolved.buddy, revs));
  const known = await findChat(sql, account.id, resolved.chat.id);
  if (!known) {
    const { chat } = resolved;
    await sql.query(
      'UPDATE chats SET remote_id = $2, kind = $3, name = coalesce($4, name), address = NULL, buddy_id = coalesce($5, buddy_id) WHERE id = $1',
      [chatId, chat.id, chat.kind, chat.name === undefined ? null : cleanLine(chat.name), buddy?.buddyId ?? null],
    );
    await sql.query('UPDATE conversations SET rev = $2 WHERE id = $1', [stand.conversationId, revs.next()]);
    return chatId;
  }
  await ensureChat(sql, account, resolved.chat, buddy, { request: false }, revs);
  for (const table of ['messages', 'deliveries']) {
    const { rowCount } = await sql.query(`SELECT 1 FROM ${table} WHERE chat_id = $1`, [chatId]);
    const more = await revs.more(sql, account.userId, rowCount ?? 0);
    await sql.query(
      `UPDATE ${table} t SET chat_id = $2, rev = $3 + o.place FROM (
         SELECT id, row_number() OVER (ORDER BY id) AS place FROM ${table} WHERE chat_id = $1) AS o WHERE o.id = t.id`,
      [chatId, known.chatId, more.end - (rowCount ?? 0)],
    );
  }
  await sql.query(
    `UPDATE chats c SET group_id = s.group_id, group_at = s.group_at FROM chats s
     WHERE c.id = $2 AND s.id = $1 AND s.group_id IS NOT NULL AND (c.group_at IS NULL OR c.group_at < s.group_at)`,
    [chatId, known.chatId],
  );
  await sql.query('DELETE FROM chats WHERE id = $1', [chatId]);
  for (const id of new Set([stand.conversationId, known.conversationId]))
    await sql.query('UPDATE conversations SET rev = $2 WHERE id = $1', [id, revs.next()]);
  return known.chatId;
}
