import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { DomainError, notFound } from '../../../core/errors.js';
import { newId } from '../../../core/ids.js';
import {
  type Addresses,
  CODE_LENGTH,
  FILE_LINK_MS,
  fileAddress,
  SHORT_LINK_MS,
  shortAddress,
  shortLength,
} from '../../../core/links/addresses.js';
import type { LinkedFile, LinkService, MessageLinkView } from '../../../core/links/service.js';
import type { LinkMaker, Wanted } from '../../../core/messages/render.js';
import type { Clock } from '../../../sdk/index.js';
import { unreadable } from '../../attachments.js';
import type { LinkSigner } from '../../crypto/link-signer.js';
import type { BlobStore } from '../../storage/blobs.js';
import { inTransaction, type Sql } from '../pool.js';

/** Rows of links that ended are kept this much longer, so that an old link says that it has ended. */
const KEPT_MS = 30 * 86_400_000;
const DROPPED_AT_ONCE = 5_000;

type Ends = { expires_at: Date; revoked_at: Date | null; deleted_at: Date | null };

/**
 * Links that go out with messages: one row a message and file, one a message and address, made when the message first
 * needs them and found again when it is sent once more.
 */
export class Links implements LinkService, LinkMaker {
  constructor(
    private readonly pool: pg.Pool,
    private readonly blobs: BlobStore,
    private readonly signer: LinkSigner,
    private readonly clock: Clock,
    readonly base: string | undefined,
  ) {}

  /** A message that is sent again has its links for another while. */
  async make(messageId: string, { files, urls }: Wanted): Promise<Addresses> {
    const { base } = this;
    if (base === undefined) throw new Error('links need an address that others can open');
    const now = this.clock.now();
    const until = now + FILE_LINK_MS;
    const long = urls.filter((url) => url.length > shortLength(base));
    const { byFile, byUrl } = await inTransaction(this.pool, async (sql) => ({
      byFile: await fileRows(sql, messageId, files, until),
      byUrl: await shortRows(sql, messageId, long, now + SHORT_LINK_MS),
    }));
    return {
      file: (id) => {
        const link = byFile.get(id);
        return link === undefined ? undefined : this.#address(base, link);
      },
      short: (url) => {
        const code = byUrl.get(url);
        return code === undefined ? undefined : shortAddress(base, code);
      },
      until,
    };
  }

  async file(token: string, signature: string): Promise<LinkedFile> {
    const id = this.signer.read(token, signature);
    if (id === undefined) throw notFound('link');
    const { rows } = await this.pool.query<Ends & { name: string; type: string; size: number; hash: string }>(
      `SELECT l.expires_at, l.revoked_at, m.deleted_at, a.name, a.type, a.size, a.hash
       FROM file_links l JOIN messages m ON m.id = l.message_id
       JOIN attachments a ON a.id = l.attachment_id AND a.user_id = m.user_id WHERE l.id = $1`,
      [id],
    );
    const row = this.#open(rows[0]);
    return {
      name: row.name,
      type: row.type,
      size: row.size,
      content: () => this.blobs.read(row.hash).catch(unreadable),
    };
  }

  async target(code: string): Promise<string> {
    if (code.length !== CODE_LENGTH) throw notFound('link');
    const { rows } = await this.pool.query<Ends & { url: string }>(
      `SELECT s.expires_at, s.revoked_at, m.deleted_at, s.url FROM short_links s JOIN messages m ON m.id = s.message_id
       WHERE s.code = $1`,
      [code],
    );
    return this.#open(rows[0]).url;
  }

  async list(userId: string, messageId: string): Promise<MessageLinkView[]> {
    await this.#mustBeOwn(userId, messageId);
    const { rows } = await this.pool.query<
      { id: string | null; code: string; leads_to: string } & Omit<Ends, 'deleted_at'>
    >(
      `SELECT l.id, NULL AS code, a.name AS leads_to, l.expires_at, l.revoked_at
       FROM file_links l JOIN attachments a ON a.id = l.attachment_id WHERE l.message_id = $1
       UNION ALL SELECT NULL, s.code, s.url, s.expires_at, s.revoked_at FROM short_links s WHERE s.message_id = $1
       ORDER BY 1 NULLS LAST, 2`,
      [messageId],
    );
    return rows.map(({ id, code, leads_to, expires_at, revoked_at }) => ({
      kind: id === null ? 'short' : 'file',
      leadsTo: leads_to,
      address: id === null ? shortAddress(this.base ?? '', code) : this.#address(this.base ?? '', id),
      expiresAt: expires_at.toISOString(),
      ...(revoked_at === null ? {} : { endedAt: revoked_at.toISOString() }),
    }));
  }

  async revoke(userId: string, messageId: string): Promise<void> {
    await this.#mustBeOwn(userId, messageId);
    const now = new Date(this.clock.now());
    for (const table of ['file_links', 'short_links'])
      await this.pool.query(`UPDATE ${table} SET revoked_at = $2 WHERE message_id = $1 AND revoked_at IS NULL`, [
        messageId,
        now,
      ]);
  }

  async dropStale(): Promise<void> {
    const before = new Date(this.clock.now() - KEPT_MS);
    for (const [table, key] of [
      ['file_links', 'id'],
      ['short_links', 'code'],
    ])
      await this.pool.query(
        `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE expires_at < $1 LIMIT $2)`,
        [before, DROPPED_AT_ONCE],
      );
  }

  #address(base: string, id: string): string {
    const { token, signature } = this.signer.sign(id);
    return fileAddress(base, token, signature);
  }

  async #mustBeOwn(userId: string, messageId: string): Promise<void> {
    const { rowCount } = await this.pool.query('SELECT 1 FROM messages WHERE id = $1 AND user_id = $2', [
      messageId,
      userId,
    ]);
    if (rowCount === 0) throw notFound('message');
  }

  #open<T extends Ends>(row: T | undefined): T {
    if (row === undefined) throw notFound('link');
    const over = row.expires_at.getTime() <= this.clock.now();
    if (over || row.revoked_at !== null || row.deleted_at !== null)
      throw new DomainError('gone', 'link-over', over ? 'This link has expired.' : 'This link was taken back.');
    return row;
  }
}

/** What the sender took back stays taken back. Answers each file's link. */
async function fileRows(sql: Sql, messageId: string, files: Wanted['files'], until: number) {
  if (files.length === 0) return new Map<string, string>();
  const { rows } = await sql.query<{ id: string; attachment_id: string }>(
    `INSERT INTO file_links (id, message_id, attachment_id, expires_at)
     SELECT l.id, $1, l.attachment, $4 FROM unnest($2::uuid[], $3::uuid[]) AS l(id, attachment)
     ON CONFLICT (message_id, attachment_id) DO UPDATE SET expires_at = greatest(file_links.expires_at, excluded.expires_at)
     RETURNING id, attachment_id`,
    [messageId, files.map(newId), files.map((file) => file.id), new Date(until)],
  );
  return new Map(rows.map((row) => [row.attachment_id, row.id]));
}

async function shortRows(sql: Sql, messageId: string, urls: readonly string[], until: number) {
  if (urls.length === 0) return new Map<string, string>();
  const { rows } = await sql.query<{ code: string; url: string }>(
    `INSERT INTO short_links (code, message_id, url, expires_at)
     SELECT l.code, $1, l.url, $4 FROM unnest($2::text[], $3::text[]) AS l(code, url)
     ON CONFLICT (message_id, url) DO UPDATE SET expires_at = greatest(short_links.expires_at, excluded.expires_at)
     RETURNING code, url`,
    [messageId, urls.map(newCode), urls, new Date(until)],
  );
  return new Map(rows.map((row) => [row.url, row.code]));
}

/** 54 bits by chance. */
const newCode = (): string => randomBytes(CODE_LENGTH).toString('base64url').slice(0, CODE_LENGTH);
