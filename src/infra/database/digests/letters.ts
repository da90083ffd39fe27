import type pg from 'pg';
import type { Supervisor } from '../../../core/accounts/supervisor.js';
import type { DigestLetter, Missed } from '../../../core/digests/letters.js';
import type { DigestRules } from '../../../core/digests/service.js';
import type { Accepted } from '../messages/accept.js';
import { Revisions, type Sql } from '../pool.js';
import { missedSince } from './missed.js';
import { post } from './post.js';

/** Under the lock of the user's row: what was missed is looked up and put into letters, or nothing is. */
export async function makeLetters(
  sql: pg.PoolClient,
  supervisor: Supervisor,
  userId: string,
  request: { chatId: string; include: DigestRules['include']; since: number; now: number },
  compose: (missed: Missed[]) => DigestLetter[],
): Promise<Accepted[]> {
  const revs = await Revisions.take(sql, userId, 2);
  const { chatId, now } = request;
  const nameOf = (network: string) => supervisor.adapters.get(network)?.manifest.name ?? network;
  const letters = compose(await missedSince(sql, userId, request, nameOf));
  if (letters.length === 0) return [];
  await name(sql, chatId, revs);
  const accepted: Accepted[] = [];
  for (const letter of letters) {
    const one = await post(sql, supervisor, userId, chatId, letter, now);
    accepted.push(one);
    await noteLetter(sql, userId, { id: one.messageId, kind: 'digest', conversationIds: letter.conversationIds, now });
    await sql.query('INSERT INTO digest_items (message_id, letter_id) SELECT id, $2 FROM unnest($1::uuid[]) AS m(id)', [
      letter.messageIds,
      one.messageId,
    ]);
  }
  await sql.query('UPDATE digests SET last_sent_at = $2, chat_id = $3, problem = NULL WHERE user_id = $1', [
    userId,
    new Date(now),
    chatId,
  ]);
  return accepted;
}

export async function noteLetter(
  sql: Sql,
  userId: string,
  letter: { id: string; kind: 'digest' | 'report'; conversationIds: readonly string[]; now: number },
): Promise<void> {
  await sql.query(
    'INSERT INTO digest_letters (message_id, user_id, kind, conversation_ids, created_at) VALUES ($1, $2, $3, $4, $5)',
    [letter.id, userId, letter.kind, letter.conversationIds, new Date(letter.now)],
  );
}

/** The conversation with oneself is called what it is for, unless a person has named it. */
async function name(sql: Sql, chatId: string, revs: Revisions): Promise<void> {
  await sql.query(
    `UPDATE contacts k SET name = 'Digest', named = true, rev = $2 FROM chats c JOIN conversations v ON v.id = c.conversation_id
     WHERE c.id = $1 AND k.id = v.contact_id AND NOT k.named AND (SELECT count(*) FROM buddies WHERE contact_id = k.id) = 1`,
    [chatId, revs.next()],
  );
  await sql.query(
    `UPDATE conversations v SET rev = $2 FROM chats c WHERE c.id = $1 AND v.id = c.conversation_id
       AND EXISTS (SELECT 1 FROM contacts k WHERE k.id = v.contact_id AND k.name = 'Digest')`,
    [chatId, revs.next()],
  );
}
