import { newId } from '../../../core/ids.js';
import { errorText } from '../../../core/log.js';
import { cleanLine } from '../../../core/messages/inbound.js';
import type { QuarantineReason } from '../../../core/quarantine/service.js';
import type { Sql } from '../pool.js';

/** Of one user, the oldest give way. */
const MOST_KEPT = 200;
const DETAIL_LENGTH = 500;

export type Apart = {
  userId: string;
  accountId: string;
  kind: string;
  reason: QuarantineReason;
  detail: string;
} & (
  | { direction: 'in'; noteId: string | null; payload: Uint8Array | null; whole: boolean; size: number }
  | { direction: 'out'; deliveryId: string }
);

/** What goes wrong is the database's word on what it was given, or else a fault of ours. */
export const reasonOf = (cause: unknown): QuarantineReason =>
  cause instanceof Error && 'code' in cause && /^[0-9A-Z]{5}$/.test(String(cause.code))
    ? 'storage-refused'
    : 'internal-error';

export const detailOf = (cause: unknown): string => cleanLine(errorText(cause), DETAIL_LENGTH);

export const deliveryApart = (delivery: { id: string; userId: string; accountId: string }) => ({
  userId: delivery.userId,
  accountId: delivery.accountId,
  direction: 'out' as const,
  kind: 'message',
  reason: 'internal-error' as const,
  deliveryId: delivery.id,
});

/** In the transaction that ends it. */
export async function keep(sql: Sql, apart: Apart): Promise<void> {
  const inward = apart.direction === 'in' ? apart : undefined;
  await sql.query(
    `INSERT INTO quarantined (id, user_id, account_id, direction, kind, reason, detail, note_id, delivery_id, payload, whole, size)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      newId(),
      apart.userId,
      apart.accountId,
      apart.direction,
      apart.kind,
      apart.reason,
      cleanLine(apart.detail, DETAIL_LENGTH),
      inward?.noteId ?? null,
      apart.direction === 'out' ? apart.deliveryId : null,
      inward?.payload ?? null,
      inward?.whole ?? false,
      inward?.size ?? 0,
    ],
  );
  await sql.query(
    'DELETE FROM quarantined WHERE user_id = $1 AND id IN (SELECT id FROM quarantined WHERE user_id = $1 ORDER BY id DESC OFFSET $2)',
    [apart.userId, MOST_KEPT],
  );
}
