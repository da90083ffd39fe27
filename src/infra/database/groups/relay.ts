import type pg from 'pg';
import { DomainError } from '../../../core/errors.js';
import { type Answer, type RelayStore, sentOn } from '../../../core/groups/relay.js';
import type { Letter } from '../../../core/messages/letter.js';
import { sendableText } from '../../../core/messages/sendable.js';
import type { Clock } from '../../../sdk/index.js';
import { holds } from '../held.js';
import { inTransaction, Revisions } from '../pool.js';
import { membersOf } from './members.js';
import type { GroupSender } from './sending.js';

/** Nobody wants to hear later what was said yesterday. */
const LATEST_MS = 24 * 3_600_000;

/** The smallest id made at a time or later. */
const idAt = (time: string): string =>
  `(lpad(to_hex(floor(extract(epoch FROM ${time}) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;

/**
 * What members said since their group sends answers on: written by a person (no notices, which programs write), readable,
 * and not what comes back of what was sent on ("Bob: Ann: Hello" after "Ann: Hello").
 */
const WAITING = `
SELECT m.id, m.group_id AS "groupId" FROM conversations v
  JOIN messages m ON m.group_id = v.id AND m.sent_at > $3::timestamptz - interval '3 days'
    AND m.id >= ${idAt('greatest(v.relay_since, $3::timestamptz)')}
  JOIN buddies b ON b.id = m.buddy_id AND b.contact_id = ANY($2)
WHERE v.id = $1 AND v.relay AND m.direction = 'in' AND m.format NOT IN ('notice', 'system') AND m.unreadable IS NULL
  AND m.deleted_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM messages r WHERE r.relay_of = m.id)
  AND NOT EXISTS (SELECT 1 FROM unreached x WHERE x.message_id = m.id)
  AND NOT EXISTS (SELECT 1 FROM messages r WHERE r.group_id = m.group_id AND r.relay_of IS NOT NULL AND r.id < m.id
    AND r.sent_at > m.sent_at - interval '1 hour' AND right(m.text, length(r.text) + 2) = ': ' || r.text)
ORDER BY m.id LIMIT $4`;

type Said = {
  text: string;
  name: string;
  contactId: string;
  groupId: string;
  files: string[];
};

export type RelayEvents = {
  changed(userId: string): void;
  /** The chat has something to send. */
  ring(chatId: string): void;
};

export class PgRelayStore implements RelayStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly sender: GroupSender,
    private readonly clock: Clock,
    private readonly events: RelayEvents,
  ) {}

  async users(): Promise<string[]> {
    const { rows } = await this.pool.query<{ user_id: string }>(
      `SELECT DISTINCT user_id FROM conversations WHERE mixed AND relay AND deleted_at IS NULL AND ${holds('user_id')}`,
    );
    return rows.map((row) => row.user_id);
  }

  async waiting(userId: string, limit: number): Promise<Answer[]> {
    const { rows: groups } = await this.pool.query<{ id: string }>(
      'SELECT id FROM conversations WHERE user_id = $1 AND mixed AND relay AND deleted_at IS NULL ORDER BY id',
      [userId],
    );
    const members = Map.groupBy(
      await membersOf(
        this.pool,
        groups.map(({ id }) => id),
      ),
      ({ groupId }) => groupId,
    );
    const since = new Date(this.clock.now() - LATEST_MS);
    const found: Answer[] = [];
    for (const { id } of groups) {
      const ids = (members.get(id) ?? []).map(({ contactId }) => contactId);
      if (ids.length < 2) continue;
      const { rows } = await this.pool.query<Answer>({
        name: 'relay-waiting',
        text: WAITING,
        values: [id, ids, since, limit],
      });
      found.push(...rows);
    }
    return found;
  }

  async sendOn(userId: string, { id }: Answer): Promise<void> {
    const said = await this.#said(id);
    if (!said) return;
    const now = this.clock.now();
    try {
      const terms = { now, at: now, relayOf: id, except: said.contactId };
      const { ring } = await this.sender.send(userId, said.groupId, letterTo(said), {}, terms);
      for (const chatId of new Set(ring.map((one) => one.chatId))) this.events.ring(chatId);
    } catch (error) {
      const passes = !(error instanceof DomainError) || error.kind === 'limited' || error.kind === 'unavailable';
      if (passes) throw error;
      await this.#giveUp(userId, said, id, error.message);
    }
    this.events.changed(userId);
  }

  /** So that it counts as sent on, and is not tried for ever. */
  async #giveUp(userId: string, { groupId, contactId }: Said, id: string, reason: string): Promise<void> {
    const others = (await membersOf(this.pool, [groupId])).filter((member) => member.contactId !== contactId);
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 1);
      await sql.query(
        `INSERT INTO unreached (message_id, contact_id, reason) SELECT $1, id, $3 FROM unnest($2::uuid[]) AS x(id)
         ON CONFLICT DO NOTHING`,
        [id, others.map((member) => member.contactId), reason],
      );
      await sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [id, revs.next()]);
    });
  }

  async #said(id: string): Promise<Said | undefined> {
    const { rows } = await this.pool.query<Said>(
      `SELECT m.text, k.name, k.id AS "contactId", v.id AS "groupId",
         ARRAY(SELECT attachment_id FROM message_attachments x WHERE x.message_id = m.id ORDER BY position) AS files
       FROM messages m JOIN conversations v ON v.id = m.group_id AND v.relay AND v.deleted_at IS NULL
       JOIN buddies b ON b.id = m.buddy_id JOIN contacts k ON k.id = b.contact_id
       WHERE m.id = $1 AND m.deleted_at IS NULL`,
      [id],
    );
    return rows[0];
  }
}

/** Marks of a network's own formatting. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/**
 * Their words as they are: nothing in them is a placeholder, and formatting is left behind. What they answer is not said
 * again: a mail always answers something.
 */
function letterTo({ name, text, files }: Said): Letter {
  return {
    text: sendableText(sentOn(name, text.replace(CONTROLS, '')), false),
    html: undefined,
    subject: undefined,
    attachments: files.length,
    isReply: false,
    replyTo: undefined,
    files,
  };
}
