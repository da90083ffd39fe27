import type pg from 'pg';
import { attentionSettings } from '../../../core/attention/settings.js';
import type { AttentionStore, Device, Due, Looked, NewMessage, Place } from '../../../core/attention/store.js';
import { cleanLine } from '../../../core/messages/inbound.js';
import type { SecretBox } from '../../crypto/secret-box.js';
import { markDue } from './due.js';

const PAGE = 200;

/** Sum of what is unread in the conversations that the list shows and that are not muted. */
const BADGE = `SELECT coalesce(sum(greatest(v.unread, v.marked_unread::int)), 0)::int AS badge FROM conversations v
  WHERE v.user_id = $1 AND v.deleted_at IS NULL AND v.merged_into IS NULL AND NOT v.archived AND v.request = 'none'
    AND (v.muted_until IS NULL OR v.muted_until < now()) AND (v.snoozed_until IS NULL OR v.snoozed_until < now())`;

/**
 * Those that the user may be told of at all: in a busy channel there are few. So where each was said is looked at once
 * a chat, not for every message.
 */
const NEW_MESSAGES = `WITH recent AS MATERIALIZED (
    SELECT m.id, m.chat_id, m.group_id, coalesce(m.group_id, m.chat_id) AS place, m.mentioned FROM messages m
    WHERE m.user_id = $1 AND m.rev > $2 AND m.rev <= $3 AND m.id >= $4 AND m.direction = 'in' AND m.sent_at > $5
      AND m.deleted_at IS NULL AND m.echo_of IS NULL AND m.relay_of IS NULL
  ), loud AS MATERIALIZED (
    SELECT p.chat_id, p.place FROM (SELECT DISTINCT chat_id, group_id, place FROM recent) AS p
      JOIN chats c ON c.id = p.chat_id JOIN conversations v ON v.id = coalesce(p.group_id, c.conversation_id)
    WHERE coalesce(v.notify, $6::jsonb ->> CASE WHEN v.mixed THEN 'group' ELSE c.kind END) = 'all'
  )
  SELECT m.id, m.rev, v.id AS "conversationId", coalesce(k.name, v.name) AS conversation, m.sender_name AS sender,
    coalesce(m.unreadable, m.text) AS text, m.sent_at AS "sentAt", m.mentioned, v.notify AS level, v.request,
    v.muted_until AS muted, v.snoozed_until AS snoozed, CASE WHEN v.mixed THEN 'group' ELSE c.kind END AS kind,
    (SELECT count(*)::int FROM message_attachments f WHERE f.message_id = m.id) AS files,
    v.unread > 0 AND (v.read_at IS NULL OR m.sent_at > v.read_at) AND v.deleted_at IS NULL AS unread
  FROM messages m JOIN chats c ON c.id = m.chat_id JOIN conversations v ON v.id = coalesce(m.group_id, c.conversation_id)
    LEFT JOIN contacts k ON k.id = v.contact_id
  WHERE v.request = 'none' AND m.id IN (SELECT r.id FROM recent r
    WHERE r.mentioned OR (r.chat_id, r.place) IN (SELECT l.chat_id, l.place FROM loud l))
  ORDER BY m.rev LIMIT ${PAGE}`;

type Row = Omit<NewMessage, 'at' | 'mutedUntil' | 'snoozedUntil'> & {
  rev: number;
  sentAt: Date;
  muted: Date | null;
  snoozed: Date | null;
  unread: boolean;
};
type UserRow = { rev: number; settings: unknown };

export class PgAttentionStore implements AttentionStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly box: SecretBox,
  ) {}

  async places(
    floorOfNew: string,
    userIds?: readonly string[],
  ): Promise<{ userId: string; place: Place; hasDevices: boolean }[]> {
    const { rows } = await this.pool.query<{ userId: string; rev: number; floor: string | null; hasDevices: boolean }>(
      `SELECT u.id AS "userId", coalesce(p.rev, u.rev) AS rev, p.message_id AS floor,
         EXISTS (SELECT 1 FROM push_subscriptions s WHERE s.user_id = u.id) AS "hasDevices"
       FROM users u LEFT JOIN push_places p ON p.user_id = u.id WHERE $1::uuid[] IS NULL OR u.id = ANY($1)`,
      [userIds ?? null],
    );
    return rows.map(({ userId, rev, floor, hasDevices }) => ({
      userId,
      place: { rev, floor: floor ?? floorOfNew },
      hasDevices,
    }));
  }

  async newest(userId: string): Promise<number> {
    return (await this.#user(userId)).rev;
  }

  async since(userId: string, place: Place, { oldest, floor }: { oldest: number; floor: string }): Promise<Looked> {
    const { rev: newest, settings } = await this.#user(userId);
    const { rows } = await this.pool.query<Row>({
      name: 'new-messages',
      text: NEW_MESSAGES,
      values: [userId, place.rev, newest, place.floor, new Date(oldest), attentionSettings(settings).levels],
    });
    const more = rows.length === PAGE;
    const messages = rows.filter(({ unread }) => unread).map(messageOf);
    // While a page is followed by another, the floor stays: what comes next may have been made before it.
    const next = more ? { rev: rows.at(-1)?.rev ?? newest, floor: place.floor } : { rev: newest, floor };
    return { messages, place: next, more, settings };
  }

  async moved(userId: string, { rev, floor }: Place): Promise<void> {
    await this.pool.query(
      `INSERT INTO push_places (user_id, rev, message_id) SELECT id, $2, $3 FROM users WHERE id = $1
       ON CONFLICT (user_id) DO UPDATE SET rev = excluded.rev, message_id = excluded.message_id`,
      [userId, rev, floor],
    );
  }

  due(now: number): Promise<Due[]> {
    return markDue(this.pool, now);
  }

  async settings(userId: string): Promise<unknown> {
    return (await this.#user(userId)).settings;
  }

  async badge(userId: string): Promise<number> {
    const { rows } = await this.pool.query<{ badge: number }>(BADGE, [userId]);
    return rows[0]?.badge ?? 0;
  }

  async devices(userId: string): Promise<Device[]> {
    const { rows } = await this.pool.query<{ id: string; endpoint: string; keys: Buffer }>(
      'SELECT id, endpoint, keys FROM push_subscriptions WHERE user_id = $1 ORDER BY id LIMIT 50',
      [userId],
    );
    return rows.flatMap(({ id, endpoint, keys }) => {
      // One that was sealed with a key that is gone cannot be told of anything.
      const [p256dh, auth] = this.box.openIfFits(keys)?.toString('utf8').split(' ') ?? [];
      return p256dh === undefined || auth === undefined ? [] : { id, endpoint, p256dh, auth };
    });
  }

  async sent(id: string, at: number): Promise<void> {
    await this.pool.query(
      'UPDATE push_subscriptions SET last_sent_at = $2, failures = 0, last_error = NULL WHERE id = $1',
      [id, new Date(at)],
    );
  }

  async failed(id: string, why: string): Promise<void> {
    await this.pool.query('UPDATE push_subscriptions SET failures = failures + 1, last_error = $2 WHERE id = $1', [
      id,
      cleanLine(why, 300),
    ]);
  }

  async gone(id: string): Promise<void> {
    await this.pool.query('DELETE FROM push_subscriptions WHERE id = $1', [id]);
  }

  async #user(userId: string): Promise<UserRow> {
    const { rows } = await this.pool.query<UserRow>('SELECT rev, settings FROM users WHERE id = $1', [userId]);
    return rows[0] ?? { rev: 0, settings: null };
  }
}

function messageOf({ rev: _rev, sentAt, muted, snoozed, unread: _unread, ...row }: Row): NewMessage {
  return { ...row, at: sentAt.getTime(), mutedUntil: muted?.getTime(), snoozedUntil: snoozed?.getTime() };
}
