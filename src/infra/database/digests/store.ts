import type pg from 'pg';
import type { Supervisor } from '../../../core/accounts/supervisor.js';
import type { DigestLetter, Missed } from '../../../core/digests/letters.js';
import type { DigestRules } from '../../../core/digests/service.js';
import type { DigestStore, Reply } from '../../../core/digests/store.js';
import { literally } from '../../../core/messages/placeholders.js';
import type { SendRequest } from '../../../core/services.js';
import type { Accepted } from '../messages/accept.js';
import { inTransaction } from '../pool.js';
import { AlreadyDone, lostAnswers, noteAnswer, noteIgnored, report } from './answers.js';
import { makeLetters } from './letters.js';
import { answeredUsers, repliesOf } from './replies.js';
import { awayDigests, digestAccount, findDigest, lastFailure, saveDigest } from './rules.js';

/** What digests need of the rest. */
export type DigestNeeds = {
  openChat(userId: string, request: { accountId: string; address: string }): Promise<{ chat: { id: string } }>;
  /** Sends as the user does; what runs `alongside` is in the same transaction. */
  send(
    userId: string,
    conversationId: string,
    request: SendRequest,
    alongside: (sql: pg.PoolClient, messageId: string) => Promise<void>,
  ): Promise<unknown>;
  /** Told once letters are committed. */
  accepted(userId: string, accepted: readonly Accepted[]): void;
};

export class PgDigestStore implements DigestStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly supervisor: Supervisor,
    private readonly needs: DigestNeeds,
  ) {}

  find(userId: string) {
    return findDigest(this.pool, userId);
  }

  save(userId: string, rules: DigestRules, now: number) {
    return saveDigest(this.pool, userId, rules, now);
  }

  away(now: number) {
    return awayDigests(this.pool, now);
  }

  account(userId: string, accountId: string) {
    return digestAccount(this.pool, userId, accountId);
  }

  lastFailure(userId: string) {
    return lastFailure(this.pool, userId);
  }

  async setProblem(userId: string, problem: string | undefined): Promise<void> {
    await this.pool.query('UPDATE digests SET problem = $2 WHERE user_id = $1', [userId, problem ?? null]);
  }

  async openChat(userId: string, accountId: string, address: string): Promise<string> {
    return (await this.needs.openChat(userId, { accountId, address })).chat.id;
  }

  async make(
    userId: string,
    request: { chatId: string; include: DigestRules['include']; since: number; now: number },
    compose: (missed: Missed[]) => DigestLetter[],
  ): Promise<number> {
    const accepted = await inTransaction(this.pool, (sql) =>
      makeLetters(sql, this.supervisor, userId, request, compose),
    );
    if (accepted.length > 0) this.needs.accepted(userId, accepted);
    return accepted.length;
  }

  answered() {
    return answeredUsers(this.pool);
  }

  replies(userId: string) {
    return repliesOf(this.pool, userId);
  }

  async looked(userId: string, upTo: number): Promise<void> {
    await this.pool.query('UPDATE digests SET looked_rev = greatest(looked_rev, $2) WHERE user_id = $1', [
      userId,
      upTo,
    ]);
  }

  async answer(reply: Reply, { conversationId, text }: { conversationId: string; text: string }, now: number) {
    const place = await this.#placeNow(conversationId);
    const words = { text: literally(text), format: 'plain' as const, attachments: reply.files };
    await once(() =>
      this.needs.send(reply.userId, place, words, (sql, answerId) =>
        noteAnswer(sql, reply, { conversationId: place, answerId, now }),
      ),
    );
  }

  /** Where the conversation is since it was told of: merged with others, maybe more than once. */
  async #placeNow(conversationId: string): Promise<string> {
    const { rows } = await this.pool.query<{ id: string }>(
      `WITH RECURSIVE way AS (
         SELECT id, merged_into, 1 AS steps FROM conversations WHERE id = $1
         UNION ALL SELECT v.id, v.merged_into, w.steps + 1 FROM way w JOIN conversations v ON v.id = w.merged_into WHERE w.steps < 20
       ) SELECT id FROM way ORDER BY steps DESC LIMIT 1`,
      [conversationId],
    );
    return rows[0]?.id ?? conversationId;
  }

  async ignore(reply: Reply, now: number): Promise<void> {
    await once(() => inTransaction(this.pool, (sql) => noteIgnored(sql, reply, now)));
  }

  async report(reply: Reply, why: string, conversationId: string | undefined, now: number): Promise<void> {
    const accepted = await once(() =>
      inTransaction(this.pool, (sql) => report(sql, this.supervisor, reply, { why, conversationId, now })),
    );
    this.needs.accepted(reply.userId, accepted ? [accepted] : []);
  }

  lost() {
    return lostAnswers(this.pool);
  }

  async seen(userId: string, at: number): Promise<void> {
    await this.pool.query('UPDATE users SET last_seen_at = greatest(last_seen_at, $2) WHERE id = $1', [
      userId,
      new Date(at),
    ]);
  }
}

/** What an earlier try has done already is left as it is. */
async function once<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AlreadyDone) return undefined;
    throw error;
  }
}
