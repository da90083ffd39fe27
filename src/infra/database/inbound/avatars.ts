import type { InboundAccount } from '../../../core/messages/inbound.js';
import { type ContactEvent, type Event, type IncomingAttachment, limits } from '../../../sdk/index.js';
import { FILE_URLS } from '../../storage/file-url.js';
import type { Sql } from '../pool.js';
import type { StoredFile } from './context.js';

const ENDINGS: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

/** Pictures among the events that can be shown and are not stored yet, as files. */
export async function newAvatars(
  sql: Sql,
  accountId: string,
  events: readonly Event[],
): Promise<Map<Event, IncomingAttachment[]>> {
  const wanted = events.flatMap((event) => {
    const avatar = event.type === 'contact' ? usable(event) : undefined;
    return event.type === 'contact' && avatar ? [{ event, avatar }] : [];
  });
  if (wanted.length === 0) return new Map();
  const { rows } = await sql.query<{ remote_id: string; avatar_key: string }>(
    `SELECT remote_id, avatar_key FROM buddies
     WHERE account_id = $1 AND remote_id = ANY($2) AND avatar_key IS NOT NULL`,
    [accountId, wanted.map(({ event }) => event.buddy.id)],
  );
  const known = new Map(rows.map((row) => [row.remote_id, row.avatar_key]));
  const fresh = wanted.filter(({ event, avatar }) => known.get(event.buddy.id) !== avatar.id);
  return new Map(
    fresh.map(({ event, avatar: { type, content } }) => [
      event,
      [{ name: `picture.${ENDINGS[type]}`, type, size: content.byteLength, content }],
    ]),
  );
}

function usable({ avatar }: ContactEvent): Exclude<ContactEvent['avatar'], null> {
  if (!avatar || ENDINGS[avatar.type] === undefined) return undefined;
  const fits = avatar.content.byteLength > 0 && avatar.content.byteLength <= limits.avatarBytes;
  return fits && avatar.id.length <= limits.idLength && !avatar.id.includes('\0') ? avatar : undefined;
}

/** Shows `file` as the buddy's picture in place of the one before; without it, none. Answers whether it changed. */
export async function setAvatar(
  sql: Sql,
  account: InboundAccount,
  buddyId: string,
  picture: { key: string; file: StoredFile } | undefined,
): Promise<boolean> {
  const { rows } = await sql.query<{ avatar_url: string | null; avatar_key: string | null }>(
    'SELECT avatar_url, avatar_key FROM buddies WHERE id = $1',
    [buddyId],
  );
  const { avatar_url: url = null, avatar_key: key = null } = rows[0] ?? {};
  if (picture === undefined && url === null) return false;
  if (picture !== undefined) {
    const { id, name, type, size, hash } = picture.file;
    await sql.query('INSERT INTO attachments (id, user_id, name, type, size, hash) VALUES ($1, $2, $3, $4, $5, $6)', [
      id,
      account.userId,
      name,
      type,
      size,
      hash,
    ]);
  }
  await sql.query('UPDATE buddies SET avatar_url = $2, avatar_key = $3 WHERE id = $1', [
    buddyId,
    picture === undefined ? null : `${FILE_URLS}${picture.file.id}`,
    picture === undefined ? null : picture.key,
  ]);
  if (key !== null && url?.startsWith(FILE_URLS))
    await sql.query('DELETE FROM attachments WHERE id = $1 AND user_id = $2', [
      url.slice(FILE_URLS.length),
      account.userId,
    ]);
  return true;
}
