import type { FastifyReply } from 'fastify';
import { errorText } from '../../core/log.js';
import type { Identity } from '../../core/users/identity.js';
import type { Answer } from '../contract/endpoints.js';
import type { ApiDeps, ReadinessCheck } from '../deps.js';

const LIMIT_MS = 5_000;

/** `down` (503) when the database is away or nothing answers in 5 s, `degraded` when anything else is. */
export async function readinessAnswer(
  readiness: ApiDeps['readiness'],
  identity: Identity,
  reply: FastifyReply,
): Promise<Answer<'ready'>> {
  const [checks, needsSetup] = await Promise.all([
    within(readiness(), (why): Record<string, ReadinessCheck> => ({ database: { ok: false, detail: why } })),
    within(identity.needsSetup(), () => false),
  ]);
  const status =
    checks.database?.ok === false ? 'down' : Object.values(checks).every(({ ok }) => ok) ? 'ok' : 'degraded';
  if (status === 'down') reply.code(503);
  reply.header('cache-control', 'no-store');
  return { status, checks, needsSetup };
}

async function within<T>(work: Promise<T>, otherwise: (why: string) => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise('no answer in 5 s')), LIMIT_MS);
  });
  return Promise.race([work.catch((error: unknown) => otherwise(errorText(error))), late]).finally(() =>
    clearTimeout(timer),
  );
}
