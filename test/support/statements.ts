import pg from 'pg';

/** Counts the statements that all clients of this process send to PostgreSQL, Prisma's too. */
export function countStatements() {
  const query = pg.Client.prototype.query;
  let count = 0;
  const said: string[] = [];
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...args: unknown[]): unknown {
    count += 1;
    const [first] = args;
    said.push(typeof first === 'string' ? first : String((first as { text?: unknown }).text));
    return Reflect.apply(query, this, args);
  });
  return {
    /** What `work` sends; nothing else may be under way. */
    async of(work: () => Promise<unknown>): Promise<{ count: number; statements: string[] }> {
      count = 0;
      said.length = 0;
      await work();
      return { count, statements: said.map((text) => text.replaceAll(/\s+/g, ' ').trim().slice(0, 100)) };
    },
    stop: () => void Reflect.set(pg.Client.prototype, 'query', query),
  };
}
