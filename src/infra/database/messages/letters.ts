import { DomainError, notFound } from '../../../core/errors.js';
import type { NamedFile } from '../../../core/messages/file-lines.js';
import type { Letter } from '../../../core/messages/letter.js';
import type { Person } from '../../../core/messages/placeholders.js';
import type { Place } from '../deliveries/chats.js';
import type { Sql } from '../pool.js';

/** Whom a letter that speaks of people goes to, by contact; of one that does not nobody is looked up. */
export async function personsOf(
  sql: Sql,
  userId: string,
  letter: Pick<Letter, 'personal'>,
  places: readonly Pick<Place, 'contactId'>[],
): Promise<ReadonlyMap<string | null, Person>> {
  if (letter.personal !== true) return new Map();
  const ids = places.flatMap(({ contactId }) => contactId ?? []);
  const { rows } = await sql.query<{ id: string; name: string }>(
    'SELECT id, name FROM contacts WHERE id = ANY($1) AND user_id = $2',
    [ids, userId],
  );
  return new Map(rows.map(({ id, name }) => [id, { name }]));
}

/** The user's own files, in the order given. @throws DomainError for one that is not, and for one given twice */
export async function filesOf(sql: Sql, userId: string, ids: readonly string[]): Promise<NamedFile[]> {
  if (new Set(ids).size < ids.length)
    throw new DomainError('invalid', 'attachment-twice', 'A file is attached twice.', {
      fields: { attachments: 'holds an id twice' },
    });
  if (ids.length === 0) return [];
  const { rows } = await sql.query<NamedFile>(
    `SELECT a.id, a.name, a.size FROM unnest($1::uuid[]) WITH ORDINALITY AS f(id, position) JOIN attachments a ON a.id = f.id
     WHERE a.user_id = $2 ORDER BY f.position`,
    [ids, userId],
  );
  if (rows.length < ids.length) throw notFound('attachment');
  return rows;
}

/** What few messages have: other words for a channel, short links, placeholders that are filled in later. */
export async function storeExtras(sql: Sql, messageId: string, letter: Letter): Promise<void> {
  const { variants, shortenLinks = false, personal = false } = letter;
  if (variants === undefined && !shortenLinks && !personal) return;
  await sql.query('UPDATE messages SET variants = $2, shorten_links = $3, personal = $4 WHERE id = $1', [
    messageId,
    variants === undefined ? null : JSON.stringify(variants),
    shortenLinks,
    personal,
  ]);
}
