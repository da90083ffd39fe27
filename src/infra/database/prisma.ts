import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.js';
import { statementNames } from './prepared.js';

export { Prisma, PrismaClient } from './generated/client.js';

/** The client of the ordinary reads and writes; the hot path has a pool of its own. Close with `$disconnect`. */
export function createPrisma(url: string): PrismaClient {
  const connections = { connectionString: url, max: 10, connectionTimeoutMillis: 5_000, keepAlive: true };
  const nameOf = statementNames();
  const adapter = new PrismaPg(connections, { statementNameGenerator: ({ sql }) => nameOf(sql) ?? '' });
  return new PrismaClient({ adapter, transactionOptions: { timeout: 15_000, maxWait: 5_000 } });
}
