import type pg from 'pg';
import { DomainError, notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { letterOf } from '../../core/messages/letter.js';
import type { SendRequest, Variants } from '../../core/services.js';
import type { NewTemplate, TemplateChange, TemplateService, TemplateView } from '../../core/templates/service.js';
import type { Page, PageRequest } from '../../core/views.js';
import { asId } from './accounts.js';
import { inTransaction, type Sql } from './pool.js';

const MOST = 200;

type Row = {
  id: string;
  name: string;
  text: string;
  format: string;
  subject: string | null;
  variants: Variants | null;
  created_at: Date;
};

/** Messages that people save to use again. */
export class Templates implements TemplateService {
  constructor(private readonly pool: pg.Pool) {}

  async list(userId: string, { limit, cursor }: PageRequest): Promise<Page<TemplateView>> {
    const { rows } = await this.pool.query<Row>(
      'SELECT * FROM templates WHERE user_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3',
      [userId, cursor === undefined ? null : asId(cursor), limit + 1],
    );
    const items = rows.slice(0, limit).map(viewOf);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async create(userId: string, template: NewTemplate): Promise<TemplateView> {
    checkWords(template);
    return inTransaction(this.pool, async (sql) => {
      // One after the other for a user, so that the count holds.
      await sql.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [userId]);
      const { rows: count } = await sql.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM templates WHERE user_id = $1',
        [userId],
      );
      if ((count[0]?.n ?? 0) >= MOST)
        throw new DomainError('conflict', 'too-many-templates', `There can be ${MOST} templates; delete one first.`);
      const { name, text, format, subject, variants } = template;
      const { rows } = await sql.query<Row>(
        `INSERT INTO templates (id, user_id, name, text, format, subject, variants) VALUES ($1, $2, $3, $4, $5, $6, $7)
         RETURNING *`,
        [newId(), userId, name, text, format, subject ?? null, jsonOf(variants)],
      );
      return viewOf(rows[0]!);
    });
  }

  patch(userId: string, id: string, change: TemplateChange): Promise<TemplateView> {
    return inTransaction(this.pool, async (sql) => {
      const { subject, variants, ...rest } = { ...(await find(sql, userId, id)), ...change };
      const next: NewTemplate = { ...rest, ...(subject == null ? {} : { subject }), ...(variants ? { variants } : {}) };
      checkWords(next);
      const { rows } = await sql.query<Row>(
        `UPDATE templates SET name = $3, text = $4, format = $5, subject = $6, variants = $7
         WHERE id = $1 AND user_id = $2 RETURNING *`,
        [id, userId, next.name, next.text, next.format, next.subject ?? null, jsonOf(next.variants)],
      );
      return viewOf(rows[0]!);
    });
  }

  async remove(userId: string, id: string): Promise<void> {
    const { rowCount } = await this.pool.query('DELETE FROM templates WHERE id = $1 AND user_id = $2', [id, userId]);
    if (rowCount === 0) throw notFound('template');
  }
}

/** A template is what a message may be. @throws DomainError for words that could never go */
const checkWords = (template: NewTemplate): void => void letterOf({ ...template, attachments: [] });

async function find(sql: Sql, userId: string, id: string): Promise<TemplateView> {
  const { rows } = await sql.query<Row>('SELECT * FROM templates WHERE id = $1 AND user_id = $2 FOR UPDATE', [
    id,
    userId,
  ]);
  if (!rows[0]) throw notFound('template');
  return viewOf(rows[0]);
}

const jsonOf = (variants: Variants | undefined): string | null =>
  variants === undefined || Object.keys(variants).length === 0 ? null : JSON.stringify(variants);

const formatOf = (stored: string): SendRequest['format'] => (stored === 'markdown' ? 'markdown' : 'plain');

const viewOf = (row: Row): TemplateView => ({
  id: row.id,
  name: row.name,
  text: row.text,
  format: formatOf(row.format),
  ...(row.subject === null ? {} : { subject: row.subject }),
  ...(row.variants === null ? {} : { variants: row.variants }),
  createdAt: row.created_at.toISOString(),
});
