import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Claim, IdempotencyStore, IdempotentRequest, StoredAnswer } from '../../core/users/idempotency.js';
import { Prisma, type PrismaClient } from '../database/prisma.js';

const KEPT_MS = 24 * 60 * 60_000;
const RETRY_MS = 1_000;
const IV = 12;
const TAG = 16;

/**
 * Answers rest encrypted under a key made from the client's own Idempotency-Key, of which only a digest is stored:
 * some of them (a personal token) must not be readable in a copy of the database.
 */
class DatabaseIdempotency implements IdempotencyStore {
  readonly #prisma: PrismaClient;
  /** What is being worked on: this process is the only one of its database. */
  readonly #running = new Set<string>();

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async claim(request: IdempotentRequest): Promise<Claim> {
    const name = nameOf(request);
    if (this.#running.has(name)) return { is: 'running', retryAfterMs: RETRY_MS };
    this.#running.add(name);
    let claim: Claim | undefined;
    try {
      claim = await this.#look(request);
      return claim;
    } finally {
      if (claim?.is !== 'run') this.#running.delete(name);
    }
  }

  async #look(request: IdempotentRequest): Promise<Claim> {
    const id = rowId(request);
    const made = await this.#prisma.idempotencyKey.createMany({
      data: [{ ...id, request: bytes(request.request), createdAt: new Date() }],
      skipDuplicates: true,
    });
    if (made.count === 1) return { is: 'run' };
    const row = await this.#prisma.idempotencyKey.findUnique({ where: { userId_key: id } });
    if (row === null) return { is: 'running', retryAfterMs: RETRY_MS };
    if (Date.now() - row.createdAt.getTime() >= KEPT_MS) return this.#takeOver(request, row.createdAt);
    if (Buffer.compare(row.request, request.request) !== 0) return { is: 'reused' };
    if (row.status === null) return this.#takeOver(request, row.createdAt);
    return { is: 'answered', answer: { status: row.status, body: open(request, row.response) } };
  }

  /** Only one of several callers finds the row as it was. */
  async #takeOver(request: IdempotentRequest, seen: Date): Promise<Claim> {
    const { count } = await this.#prisma.idempotencyKey.updateMany({
      where: { ...rowId(request), createdAt: seen },
      data: { request: bytes(request.request), status: null, response: Prisma.DbNull, createdAt: new Date() },
    });
    return count === 1 ? { is: 'run' } : { is: 'running', retryAfterMs: RETRY_MS };
  }

  async finish(request: IdempotentRequest, answer: StoredAnswer): Promise<void> {
    try {
      await this.#keep(request, answer);
    } finally {
      this.abandon(request);
    }
  }

  abandon(request: IdempotentRequest): void {
    this.#running.delete(nameOf(request));
  }

  async #keep(request: IdempotentRequest, answer: StoredAnswer): Promise<void> {
    const { userId, key } = rowId(request);
    // One statement, as each is a commit that the answer waits for.
    await this.#prisma.$executeRaw`
      WITH old AS (DELETE FROM idempotency_keys WHERE user_id = ${userId}::uuid AND created_at < ${new Date(Date.now() - KEPT_MS)})
      UPDATE idempotency_keys SET status = ${answer.status}, response = to_jsonb(${seal(request, answer.body)}::text)
      WHERE user_id = ${userId}::uuid AND key = ${key}`;
  }

  async release(request: IdempotentRequest): Promise<void> {
    try {
      await this.#prisma.idempotencyKey.deleteMany({ where: { ...rowId(request), status: null } });
    } finally {
      this.abandon(request);
    }
  }
}

const bytes = (from: Uint8Array) => new Uint8Array(from);
const rowId = ({ userId, key }: IdempotentRequest) => ({
  userId,
  key: createHash('sha256').update(key).digest('base64url'),
});

const nameOf = (request: IdempotentRequest): string => JSON.stringify(rowId(request));

const secretOf = ({ userId, key }: IdempotentRequest): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, userId, 'idempotent answer', 32));

function seal(request: IdempotentRequest, body: unknown): string {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', secretOf(request), iv);
  const text = cipher.update(JSON.stringify(body ?? null), 'utf8');
  return Buffer.concat([iv, text, cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function open(request: IdempotentRequest, stored: unknown): unknown {
  const sealed = Buffer.from(z.string().parse(stored), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', secretOf(request), sealed.subarray(0, IV));
  decipher.setAuthTag(sealed.subarray(-TAG));
  const text = Buffer.concat([decipher.update(sealed.subarray(IV, -TAG)), decipher.final()]);
  return JSON.parse(text.toString('utf8'));
}

export const createIdempotency = (prisma: PrismaClient): IdempotencyStore => new DatabaseIdempotency(prisma);
