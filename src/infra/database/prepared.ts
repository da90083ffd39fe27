import { LRUCache } from 'lru-cache';
import type pg from 'pg';

/** Each connection keeps the plans of so many statements. */
const MOST = 200;
const OFTEN = 10;
/** What such a statement answers changes with the table: one that is kept would fail after a migration. */
const WHOLE_ROWS = /(?:^|[\s.,])\*/;

/**
 * Names statements that come again and again, so that PostgreSQL parses and plans each once a connection: that costs more
 * than to run what looks up a few rows. Others, with a list of another length each time for one, stay without a name.
 */
export function statementNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  const seen = new LRUCache<string, number>({ max: 1_000 });
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST) return known;
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    if (times < OFTEN || WHOLE_ROWS.test(text)) return undefined;
    const name = `often-${names.size}`;
    names.set(text, name);
    seen.delete(text);
    return name;
  };
}

/** What is asked of the pool's connections with values is named by `statementNames`, unless it has a name. */
export function prepareOften(pool: pg.Pool): void {
  const nameOf = statementNames();
  pool.on('connect', (client) => {
    const query = client.query;
    const named = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
      const name = typeof text === 'string' && Array.isArray(values) ? nameOf(text) : undefined;
      const given = name === undefined ? [text, values] : [{ name, text, values }];
      return Reflect.apply(query, client, [...given, ...rest]);
    };
    Object.defineProperty(client, 'query', { value: named });
  });
}
