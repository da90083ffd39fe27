import { type ApiConfig, createApp } from '../../src/api/app.js';
import type { Services } from '../../src/core/services.js';
import { createIdentity } from '../../src/infra/auth/identity.js';
import { createPrisma } from '../../src/infra/database/prisma.js';
import { createIdempotency } from '../../src/infra/users/idempotency.js';
import { createUsers } from '../../src/infra/users/users.js';
import { type Call, caller, tokenOf } from './caller.js';
import { startDatabase } from './database.js';
import { emptyServices } from './service-doubles.js';

export const ADMIN = { email: 'admin@example.org', password: 'correct horse battery', name: 'Admin' };

export type TestApi = {
  baseUrl: string;
  databaseUrl: string;
  services: Services;
  logged: string[];
  /** A request below `/api/v1`; `json` is its body, `token` its Bearer token. */
  call: Call;
  setup(): Promise<string>;
  stop(): Promise<void>;
};

/** The real HTTP server over a real database, with stand-ins where the core's services go. */
export async function startApi(config: Partial<ApiConfig> = {}): Promise<TestApi> {
  const database = await startDatabase();
  const prisma = createPrisma(database.url);
  const services = emptyServices();
  const logged: string[] = [];
  const note = (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const app = await createApp({
    services,
    identity: createIdentity(prisma),
    users: createUsers(prisma, () => {}),
    idempotency: createIdempotency(prisma),
    config: { publicUrl: undefined, version: '0.0.0-test', ...config },
    log: { debug: () => {}, info: () => {}, warn: note },
    readiness: async () => ({ database: { ok: true } }),
  });
  await app.listen(0, '127.0.0.1');
  const baseUrl = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const call = caller(baseUrl);
  return {
    baseUrl,
    databaseUrl: database.url,
    services,
    logged,
    call,
    setup: async () => tokenOf((await call('POST', '/setup', { json: ADMIN })).json),
    stop: async () => {
      await app.close();
      await prisma.$disconnect();
      await database.stop();
    },
  };
}
