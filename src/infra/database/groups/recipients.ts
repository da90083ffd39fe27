import type pg from 'pg';
import { furthest } from '../../../core/delivery/status.js';
import { notFound } from '../../../core/errors.js';
import type { RecipientView } from '../../../core/groups/service.js';

type Row = Omit<RecipientView, 'at' | 'channel' | 'network' | 'deliveryId' | 'why' | 'reason'> & {
  channel: NonNullable<RecipientView['channel']> | null;
  network: string | null;
  deliveryId: string | null;
  why: string | null;
  reason: string | null;
  at: Date;
  /** Whom it is of, also where they are no contact any more; null: a room. */
  person: string | null;
};

/** Everything that was to go out of a message, or of what sent it on; a person has the name their contact has, or had. */
const DELIVERIES = `
WITH asked AS (SELECT id FROM messages WHERE id = $1 UNION ALL SELECT id FROM messages WHERE relay_of = $1)
SELECT coalesce(d.contact_id, v.contact_id) AS person,
  CASE WHEN k.deleted_at IS NULL AND k.merged_into IS NULL THEN k.id END AS "contactId",
  coalesce(k.name, c.subject, c.name, d.target) AS name, d.status, d.channel, a.network, d.id AS "deliveryId", d.why, d.reason,
  coalesce(d.proven_at, (SELECT max(coalesce(t.ended_at, t.at)) FROM attempts t WHERE t.delivery_id = d.id), d.created_at) AS at
FROM asked JOIN deliveries d ON d.message_id = asked.id JOIN accounts a ON a.id = d.account_id
LEFT JOIN chats c ON c.id = d.chat_id LEFT JOIN conversations v ON v.id = c.conversation_id AND c.kind = 'direct'
LEFT JOIN contacts k ON k.id = coalesce(d.contact_id, v.contact_id)
UNION ALL
SELECT k.id, CASE WHEN k.deleted_at IS NULL AND k.merged_into IS NULL THEN k.id END, k.name, 'failed', NULL, NULL, NULL, NULL,
  x.reason, m.sent_at
FROM asked JOIN unreached x ON x.message_id = asked.id JOIN contacts k ON k.id = x.contact_id JOIN messages m ON m.id = asked.id
ORDER BY "deliveryId" NULLS LAST, name`;

/** One for each person: the delivery that got furthest with them; of several that got equally far, the last. */
export async function recipientsOf(sql: pg.Pool, userId: string, messageId: string): Promise<RecipientView[]> {
  const { rowCount } = await sql.query(
    'SELECT 1 FROM messages WHERE id = $1 AND user_id = $2 AND echo_of IS NULL AND relay_of IS NULL',
    [messageId, userId],
  );
  if (!rowCount) throw notFound('message');
  const { rows } = await sql.query<Row>({ name: 'recipients', text: DELIVERIES, values: [messageId] });
  return [...Map.groupBy(rows, ({ person }) => person).values()].map((ways) => {
    const best = furthest(ways.map(({ status }) => status));
    return recipient(ways.findLast(({ status }) => status === best)!);
  });
}

const recipient = ({ contactId, name, status, channel, network, deliveryId, why, reason, at }: Row): RecipientView => ({
  contactId,
  name,
  status,
  ...(channel === null ? {} : { channel }),
  ...(network === null ? {} : { network }),
  ...(deliveryId === null ? {} : { deliveryId }),
  ...(why === null ? {} : { why }),
  ...(reason === null ? {} : { reason }),
  at: at.toISOString(),
});
