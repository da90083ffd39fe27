import { newId } from '../../../core/ids.js';
import { type CachedBuddy, type CachedChat, cleanLine, type InboundAccount } from '../../../core/messages/inbound.js';
import type { BuddyInfo, ChatInfo } from '../../../sdk/index.js';
import type { Revisions, Sql } from '../pool.js';

export type KnownBuddy = CachedBuddy & { contactId: string | null };
export type KnownChat = Omit<CachedChat, 'delicate'> & {
  kind: ChatInfo['kind'];
  conversationId: string;
  buddyId: string | null;
  joined: boolean;
};

/**
 * Finds or makes the buddy; with `listed` it also belongs to a contact (a mere voice in a channel does not).
 * A name the network changed is taken over unless a person typed one.
 */
export async function ensureBuddy(
  sql: Sql,
  account: InboundAccount,
  info: BuddyInfo,
  listed: boolean,
  revs: Revisions,
): Promise<KnownBuddy> {
  const name = cleanLine(info.name ?? info.address) || cleanLine(info.id);
  const { rows } = await sql.query<{
    id: string;
    name: string;
    address: string;
    contact_id: string | null;
    fresh: boolean;
  }>(
    `INSERT INTO buddies (id, account_id, remote_id, address, name, avatar_url) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id, remote_id) DO UPDATE SET address = $4,
       name = CASE WHEN $7 THEN $5 ELSE buddies.name END,
       avatar_url = CASE WHEN buddies.avatar_key IS NULL THEN coalesce($6, buddies.avatar_url) ELSE buddies.avatar_url END
     RETURNING id, name, address, contact_id`,
    [newId(), account.id, info.id, cleanLine(info.address, 320), name, info.avatarUrl ?? null, info.name !== undefined],
  );
  const buddy = rows[0]!;
  if (buddy.contact_id !== null) {
    await sql.query(
      `UPDATE contacts SET name = CASE WHEN named THEN name ELSE $2 END, rev = $3
       WHERE id = $1 AND NOT named AND name <> $2 AND (SELECT count(*) FROM buddies WHERE contact_id = $1) = 1`,
      [buddy.contact_id, buddy.name, revs.next()],
    );
    return { buddyId: buddy.id, name, contactId: buddy.contact_id };
  }
  if (!listed) return { buddyId: buddy.id, name, contactId: null };
  const contactId = newId();
  await sql.query('INSERT INTO contacts (id, user_id, name, rev) VALUES ($1, $2, $3, $4)', [
    contactId,
    account.userId,
    buddy.name,
    revs.next(),
  ]);
  await sql.query('UPDATE buddies SET contact_id = $2, home_contact_id = $2 WHERE id = $1', [buddy.id, contactId]);
  return { buddyId: buddy.id, name, contactId };
}

/** Finds or makes the chat and the conversation that shows it: the contact's, where the chat is with one person. */
export async function ensureChat(
  sql: Sql,
  account: InboundAccount,
  info: ChatInfo,
  buddy: KnownBuddy | undefined,
  /** `strangers`: a request where the buddy is one. */
  options: { request: boolean | 'strangers'; joined?: boolean },
  revs: Revisions,
): Promise<KnownChat> {
  const known = await findChat(sql, account.id, info.id);
  if (known) {
    await updateChat(sql, known, info, buddy, options.joined, revs);
    return { ...known, buddyId: known.buddyId ?? buddy?.buddyId ?? null };
  }
  const direct = info.kind === 'direct' ? buddy : undefined;
  const name = cleanLine(info.name ?? direct?.name ?? info.id);
  const request =
    options.request === 'strangers' ? direct !== undefined && (await isStranger(sql, direct.buddyId)) : options.request;
  const conversationId =
    (direct?.contactId && (await conversationOf(sql, direct.contactId))) ||
    (await makeConversation(sql, account.userId, direct?.contactId ?? null, name, request, revs));
  const chatId = newId();
  await sql.query(
    `INSERT INTO chats (id, account_id, remote_id, kind, name, topic, subject, joined, buddy_id, encrypted, member_count,
       conversation_id, home_conversation_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)`,
    [
      chatId,
      account.id,
      info.id,
      info.kind,
      info.name === undefined ? null : cleanLine(info.name),
      info.topic === undefined ? null : cleanLine(info.topic, 1000),
      info.subject === undefined ? null : cleanLine(info.subject, 300),
      options.joined ?? true,
      direct?.buddyId ?? null,
      info.encrypted ?? false,
      memberCount(info),
      conversationId,
    ],
  );
  await sql.query('UPDATE conversations SET rev = $2 WHERE id = $1', [conversationId, revs.next()]);
  return {
    chatId,
    kind: info.kind,
    conversationId,
    buddyId: direct?.buddyId ?? null,
    declined: false,
    joined: options.joined ?? true,
  };
}

const memberCount = ({ memberCount: count }: ChatInfo): number | null =>
  count === undefined || !Number.isSafeInteger(count) || count < 0 || count > MOST_MEMBERS ? null : count;

/** What the column holds. */
const MOST_MEMBERS = 2_147_483_647;

/** Someone who wrote first on an instant messaging network: their conversation is a request until it is accepted. */
async function isStranger(sql: Sql, buddyId: string): Promise<boolean> {
  const { rows } = await sql.query<{ stranger: boolean }>(
    `SELECT a.channel = 'im' AND NOT b.listed AND NOT EXISTS (SELECT 1 FROM chats WHERE buddy_id = b.id) AND NOT c.named
       AND (SELECT count(*) FROM buddies o WHERE o.contact_id = c.id) = 1 AS stranger
     FROM buddies b JOIN accounts a ON a.id = b.account_id LEFT JOIN contacts c ON c.id = b.contact_id WHERE b.id = $1`,
    [buddyId],
  );
  return rows[0]?.stranger === true;
}

export async function findChat(sql: Sql, accountId: string, remoteId: string): Promise<KnownChat | undefined> {
  const { rows } = await sql.query<{
    id: string;
    kind: ChatInfo['kind'];
    conversation_id: string;
    buddy_id: string | null;
    joined: boolean;
    request: string;
  }>(
    `SELECT c.id, c.kind, c.conversation_id, c.buddy_id, c.joined, v.request
     FROM chats c JOIN conversations v ON v.id = c.conversation_id WHERE c.account_id = $1 AND c.remote_id = $2`,
    [accountId, remoteId],
  );
  const row = rows[0];
  return (
    row && {
      chatId: row.id,
      kind: row.kind,
      conversationId: row.conversation_id,
      buddyId: row.buddy_id,
      joined: row.joined,
      declined: row.request === 'declined',
    }
  );
}

async function updateChat(
  sql: Sql,
  chat: KnownChat,
  info: ChatInfo,
  buddy: KnownBuddy | undefined,
  joined: boolean | undefined,
  revs: Revisions,
): Promise<void> {
  const { rowCount } = await sql.query(
    `UPDATE chats SET name = coalesce($2, name), topic = coalesce($3, topic), subject = coalesce($4, subject),
       joined = coalesce($5, joined), buddy_id = coalesce(buddy_id, $6), encrypted = coalesce($7, encrypted),
       member_count = coalesce($8, member_count)
     WHERE id = $1 AND (name, topic, subject, joined, buddy_id, encrypted, member_count) IS DISTINCT FROM
       (coalesce($2, name), coalesce($3, topic), coalesce($4, subject), coalesce($5, joined), coalesce(buddy_id, $6),
        coalesce($7, encrypted), coalesce($8, member_count))`,
    [
      chat.chatId,
      info.name === undefined ? null : cleanLine(info.name),
      info.topic === undefined ? null : cleanLine(info.topic, 1000),
      info.subject === undefined ? null : cleanLine(info.subject, 300),
      joined ?? null,
      info.kind === 'direct' ? (buddy?.buddyId ?? null) : null,
      info.encrypted ?? null,
      memberCount(info),
    ],
  );
  if (rowCount) await sql.query('UPDATE conversations SET rev = $2 WHERE id = $1', [chat.conversationId, revs.next()]);
}

export async function conversationOf(sql: Sql, contactId: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM conversations WHERE contact_id = $1 AND deleted_at IS NULL AND merged_into IS NULL
     ORDER BY last_message_at DESC NULLS LAST LIMIT 1`,
    [contactId],
  );
  return rows[0]?.id;
}

export async function makeConversation(
  sql: Sql,
  userId: string,
  contactId: string | null,
  name: string,
  request: boolean,
  revs: Revisions,
): Promise<string> {
  const id = newId();
  await sql.query(
    'INSERT INTO conversations (id, user_id, contact_id, name, request, rev) VALUES ($1, $2, $3, $4, $5, $6)',
    [id, userId, contactId, name, request ? 'pending' : 'none', revs.next()],
  );
  // The contact says which conversation is theirs.
  if (contactId !== null) await sql.query('UPDATE contacts SET rev = $2 WHERE id = $1', [contactId, revs.next()]);
  return id;
}
