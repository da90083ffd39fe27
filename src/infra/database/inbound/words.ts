import { errorText, type Log } from '../../../core/log.js';
import type { Sql } from '../pool.js';

/** Words of so many messages wait before they are taken into the index: it costs less for many at once. */
const MESSAGES = 1_000;

/**
 * New words wait in a list in front of the search index, which finds them there, too. Whoever makes that list too long has to
 * empty it, and with it everybody behind that commit; so it is emptied beside the commits, on another connection.
 */
export class WordIndex {
  #waiting = 0;
  #emptying = false;

  constructor(
    private readonly sql: Sql,
    private readonly log: Log,
  ) {}

  /** So many messages were stored. Returns at once. */
  stored(count: number): void {
    this.#waiting += count;
    if (this.#waiting >= MESSAGES && !this.#emptying) void this.#empty();
  }

  async #empty(): Promise<void> {
    this.#emptying = true;
    this.#waiting = 0;
    try {
      await this.sql.query("SELECT gin_clean_pending_list('messages_words_idx')");
    } catch (error) {
      this.log.debug('the search index was not brought up to date', { error: errorText(error) });
    } finally {
      this.#emptying = false;
    }
  }
}
