import { notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { touchGroupsOf } from './groups/store.js';
import { conversationOf, makeConversation } from './inbound/people.js';
import { Revisions, type Sql } from './pool.js';

/**
 * A merge is a link: buddies, addresses and direct chats point at another contact and remember where they came from.
 * No message is touched, so a split shows again who said what where, and who was in which group.
 */
export async function mergeContacts(sql: Sql, userId: string, id: string, otherId: string): Promise<void> {
  const revs = await Revisions.take(sql, userId, 40);
  const { rows } = await sql.query<{ id: string; name: string }>(
    `SELECT id, name FROM contacts WHERE id = ANY($1) AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL FOR UPDATE`,
    [[id, otherId], userId],
  );
  const name = rows.find((row) => row.id === id)?.name;
  if (rows.length !== 2 || name === undefined) throw notFound('contact');
  await sql.query('UPDATE buddies SET contact_id = $1 WHERE contact_id = $2', [id, otherId]);
  // What both have stays where it is, so that it is there again after an undo.
  await sql.query(
    `UPDATE contact_addresses o SET contact_id = $1 WHERE o.contact_id = $2
       AND NOT EXISTS (SELECT FROM contact_addresses k WHERE k.contact_id = $1 AND k.kind = o.kind AND k.value = o.value)`,
    [id, otherId],
  );
  const unread = await unreadOf(sql, [id, otherId]);
  const target = (await conversationOf(sql, id)) ?? (await makeConversation(sql, userId, id, name, false, revs));
  const { rows: theirs } = await sql.query<{ id: string }>(
    'SELECT id FROM conversations WHERE contact_id = $1 AND deleted_at IS NULL AND merged_into IS NULL LIMIT 20',
    [otherId],
  );
  for (const conversation of theirs) {
    await sql.query('UPDATE chats SET conversation_id = $1 WHERE conversation_id = $2', [target, conversation.id]);
    await sql.query('UPDATE conversations SET merged_into = $1, rev = $3 WHERE id = $2', [
      target,
      conversation.id,
      revs.next(),
    ]);
  }
  await refresh(sql, target, unread, revs.next());
  await sql.query('UPDATE contacts SET merged_into = $1, rev = $3 WHERE id = $2', [id, otherId, revs.next()]);
  await sql.query('UPDATE contacts SET rev = $2 WHERE id = $1', [id, revs.next()]);
  await touchGroupsOf(sql, userId, [id]);
}

/** Everything that came from a merged contact, and from those merged into it before, is that contact's again. */
export async function unmergeContact(sql: Sql, userId: string, id: string, otherId: string): Promise<void> {
  const revs = await Revisions.take(sql, userId, 40);
  const { rows } = await sql.query<{ name: string }>(
    `SELECT o.name FROM contacts o JOIN contacts k ON k.id = o.merged_into
     WHERE o.id = $2 AND k.id = $1 AND o.user_id = $3 AND o.deleted_at IS NULL AND k.deleted_at IS NULL AND k.merged_into IS NULL FOR UPDATE`,
    [id, otherId, userId],
  );
  const other = rows[0];
  if (!other) throw notFound('merged contact');
  const unread = await unreadOf(sql, [id]);
  const { rows: homes } = await sql.query<{ id: string }>(
    `WITH RECURSIVE home AS (
       SELECT id FROM contacts WHERE id = $1 UNION SELECT c.id FROM contacts c JOIN home h ON c.merged_into = h.id
     ) SELECT id FROM home`,
    [otherId],
  );
  const theirs = homes.map((home) => home.id);
  await sql.query('UPDATE contacts SET merged_into = NULL, rev = $2 WHERE id = $1', [otherId, revs.next()]);
  await sql.query('UPDATE buddies SET contact_id = $2 WHERE contact_id = $1 AND home_contact_id = ANY($3)', [
    id,
    otherId,
    theirs,
  ]);
  await sql.query('UPDATE contact_addresses SET contact_id = $2 WHERE contact_id = $1 AND home_id = ANY($3)', [
    id,
    otherId,
    theirs,
  ]);
  const conversation = await ownConversation(sql, userId, otherId, other.name, revs);
  await sql.query(
    `UPDATE chats SET conversation_id = $1 WHERE buddy_id IN (SELECT id FROM buddies WHERE contact_id = $2)
       OR home_conversation_id IN (SELECT id FROM conversations WHERE contact_id = ANY($3))`,
    [conversation, otherId, theirs],
  );
  await refresh(sql, conversation, unread, revs.next());
  const left = await conversationOf(sql, id);
  if (left) await refresh(sql, left, unread, revs.next());
  await sql.query('UPDATE contacts SET rev = $2 WHERE id = $1', [id, revs.next()]);
  await touchGroupsOf(sql, userId, [id, otherId]);
}

/** The conversation a contact had before it was merged, else a new one. */
async function ownConversation(
  sql: Sql,
  userId: string,
  contactId: string,
  name: string,
  revs: Revisions,
): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(
    `UPDATE conversations SET merged_into = NULL, rev = $2 WHERE id = (
       SELECT id FROM conversations WHERE contact_id = $1 AND deleted_at IS NULL
       ORDER BY last_message_at DESC NULLS LAST, id LIMIT 1) RETURNING id`,
    [contactId, revs.next()],
  );
  return rows[0]?.id ?? makeConversation(sql, userId, contactId, name, false, revs);
}

/** Gives a buddy back to the contact it came from, or to a new one; answers that contact's id. */
export async function splitBuddy(sql: Sql, userId: string, id: string, buddyId: string): Promise<string> {
  const revs = await Revisions.take(sql, userId, 40);
  const { rows } = await sql.query<{ home: string | null; name: string; count: number }>(
    `SELECT b.home_contact_id AS home, b.name, (SELECT count(*) FROM buddies WHERE contact_id = c.id) AS count
     FROM buddies b JOIN contacts c ON c.id = b.contact_id
     WHERE b.id = $1 AND c.id = $2 AND c.user_id = $3 AND c.deleted_at IS NULL`,
    [buddyId, id, userId],
  );
  const buddy = rows[0];
  if (!buddy) throw notFound('buddy');
  const unread = await unreadOf(sql, [id]);
  const to =
    buddy.home !== null && buddy.home !== id
      ? await revive(sql, buddy.home, revs)
      : await makeContact(sql, userId, buddy.name, revs);
  await sql.query('UPDATE buddies SET contact_id = $2, home_contact_id = $2 WHERE id = $1', [buddyId, to]);
  await sql.query('UPDATE contact_addresses SET contact_id = $2 WHERE contact_id = $1 AND home_id = $2', [id, to]);
  const conversation = await homeConversation(sql, userId, to, buddyId, buddy.name, revs);
  await sql.query('UPDATE chats SET conversation_id = $2 WHERE buddy_id = $1', [buddyId, conversation]);
  await refresh(sql, conversation, unread, revs.next());
  const left = await conversationOf(sql, id);
  if (left) await refresh(sql, left, unread, revs.next());
  await sql.query('UPDATE contacts SET rev = $2 WHERE id = $1', [id, revs.next()]);
  await sql.query('UPDATE contacts SET rev = $2 WHERE id = $1', [to, revs.next()]);
  await touchGroupsOf(sql, userId, [id, to]);
  return to;
}

/** Moves single buddies into a contact; a contact left empty is merged whole. */
export async function linkBuddies(
  sql: Sql,
  userId: string,
  id: string,
  buddyIds: string[],
  revs: Revisions,
): Promise<void> {
  for (const buddyId of buddyIds) {
    const { rows } = await sql.query<{ contact: string | null; count: number }>(
      `SELECT b.contact_id AS contact, (SELECT count(*) FROM buddies o WHERE o.contact_id = b.contact_id) AS count
       FROM buddies b JOIN accounts a ON a.id = b.account_id WHERE b.id = $1 AND a.user_id = $2 AND a.deleted_at IS NULL`,
      [buddyId, userId],
    );
    const buddy = rows[0];
    if (!buddy) throw notFound('buddy');
    if (buddy.contact === id) continue;
    if (buddy.contact !== null && buddy.count === 1) {
      await mergeContacts(sql, userId, id, buddy.contact);
      continue;
    }
    const unread = await unreadOf(sql, buddy.contact === null ? [id] : [id, buddy.contact]);
    await sql.query(
      'UPDATE buddies SET contact_id = $2, home_contact_id = coalesce(home_contact_id, $2) WHERE id = $1',
      [buddyId, id],
    );
    const target = await conversationOf(sql, id);
    if (target) {
      await sql.query(`UPDATE chats SET conversation_id = $2 WHERE buddy_id = $1 AND kind = 'direct'`, [
        buddyId,
        target,
      ]);
      await refresh(sql, target, unread, revs.next());
    }
    if (buddy.contact !== null)
      await sql.query('UPDATE contacts SET rev = $2 WHERE id = $1', [buddy.contact, revs.next()]);
  }
}

async function revive(sql: Sql, contactId: string, revs: Revisions): Promise<string> {
  await sql.query('UPDATE contacts SET merged_into = NULL, rev = $2 WHERE id = $1', [contactId, revs.next()]);
  return contactId;
}

async function makeContact(sql: Sql, userId: string, name: string, revs: Revisions): Promise<string> {
  const id = newId();
  await sql.query('INSERT INTO contacts (id, user_id, name, rev) VALUES ($1, $2, $3, $4)', [
    id,
    userId,
    name,
    revs.next(),
  ]);
  return id;
}

async function homeConversation(
  sql: Sql,
  userId: string,
  contactId: string,
  buddyId: string,
  name: string,
  revs: Revisions,
): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT v.id FROM conversations v JOIN chats c ON c.home_conversation_id = v.id
     WHERE c.buddy_id = $1 AND v.contact_id = $2 LIMIT 1`,
    [buddyId, contactId],
  );
  const home = rows[0]?.id;
  if (home === undefined)
    return (await conversationOf(sql, contactId)) ?? makeConversation(sql, userId, contactId, name, false, revs);
  await sql.query('UPDATE conversations SET merged_into = NULL, rev = $2 WHERE id = $1', [home, revs.next()]);
  return home;
}

async function unreadOf(sql: Sql, contactIds: string[]): Promise<number> {
  const { rows } = await sql.query<{ unread: number }>(
    `SELECT coalesce(sum(unread), 0)::int AS unread FROM conversations
     WHERE contact_id = ANY($1) AND deleted_at IS NULL AND merged_into IS NULL`,
    [contactIds],
  );
  return rows[0]?.unread ?? 0;
}

/**
 * Counts unread and finds the last message anew from the chats the conversation now has. No more is unread than was
 * before: history that was fetched is older than any read marker, and not news.
 */
async function refresh(sql: Sql, conversationId: string, mostUnread: number, rev: number): Promise<void> {
  await sql.query(
    `UPDATE conversations v SET rev = $2, last_message_id = l.id, last_message_at = l.sent_at,
       unread = (SELECT count(*) FROM (SELECT 1 FROM messages m JOIN chats c ON c.id = m.chat_id WHERE c.conversation_id = v.id
         AND m.group_id IS NULL AND m.direction = 'in' AND m.deleted_at IS NULL AND (v.read_at IS NULL OR m.sent_at > v.read_at) LIMIT $3) AS u),
       mentions = least($3, (SELECT count(*) FROM messages m JOIN chats c ON c.id = m.chat_id WHERE c.conversation_id = v.id AND m.mentioned
         AND m.group_id IS NULL AND m.deleted_at IS NULL AND (v.read_at IS NULL OR m.sent_at > v.read_at)))
     FROM (SELECT 1) AS one LEFT JOIN LATERAL (
       SELECT m.id, m.sent_at FROM messages m JOIN chats c ON c.id = m.chat_id WHERE c.conversation_id = $1
         AND m.echo_of IS NULL AND m.group_id IS NULL
       ORDER BY m.sent_at DESC, m.id DESC LIMIT 1) AS l ON true
     WHERE v.id = $1`,
    [conversationId, rev, Math.min(mostUnread, 1000)],
  );
}
