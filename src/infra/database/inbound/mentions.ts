import { LRUCache } from 'lru-cache';
import { type FindMention, mentionFinder } from '../../../core/attention/mentions.js';
import { keywordsOf } from '../../../core/attention/settings.js';
import type { InboundAccount } from '../../../core/messages/inbound.js';
import type { Sql } from '../pool.js';

/** What the user is called on each account, and the words they watch for; asked for once. */
export class MentionBook {
  readonly #finders = new LRUCache<string, Promise<FindMention>>({ max: 10_000 });

  constructor(private readonly sql: Sql) {}

  of(account: InboundAccount): Promise<FindMention> {
    const known = this.#finders.get(account.id);
    if (known) return known;
    const finder = this.#read(account);
    this.#finders.set(account.id, finder);
    finder.catch(() => this.#finders.delete(account.id));
    return finder;
  }

  /** Names or settings are others now. */
  forget(): void {
    this.#finders.clear();
  }

  async #read(account: InboundAccount): Promise<FindMention> {
    const { rows } = await this.sql.query<{ names: string[]; remoteId: string; settings: unknown }>(
      `SELECT ARRAY[u.name, a.name] || coalesce((SELECT array_agg(p.name) FROM profiles p WHERE p.user_id = u.id), '{}') AS names,
         a.remote_id AS "remoteId", u.settings
       FROM accounts a JOIN users u ON u.id = a.user_id WHERE a.id = $1`,
      [account.id],
    );
    const [row] = rows;
    if (!row) return () => 'none';
    return mentionFinder({ names: row.names, remoteId: row.remoteId, keywords: keywordsOf(row.settings) });
  }
}
