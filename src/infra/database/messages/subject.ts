import type pg from 'pg';
import { networkName } from '../../../core/accounts/ask.js';
import type { Supervisor } from '../../../core/accounts/supervisor.js';
import { DomainError, notFound } from '../../../core/errors.js';
import type { Person } from '../../../core/messages/placeholders.js';
import { checkWays, type Draft } from '../../../core/messages/sendable.js';
import { wayTo } from '../../../core/messages/way.js';
import type { DeliveryStatus } from '../../../core/views.js';
import type { Button, Clock, Features } from '../../../sdk/index.js';
import type { Sql } from '../pool.js';

export type ChangeContext = { pool: pg.Pool; supervisor: Supervisor; clock: Clock; linkBase: string | undefined };

export type Copy = {
  /** Undefined for the copy the message came in with, or was seen with. */
  deliveryId: string | null;
  status: DeliveryStatus | null;
  accountId: string;
  network: string;
  chatRemoteId: string | null;
  remoteId: string | null;
  /** Who gets this copy. */
  person: string | null;
};

export type Subject = {
  id: string;
  direction: string;
  deleted: boolean;
  hasHtml: boolean;
  files: number;
  buttons: Button[][] | null;
  /** It speaks of whoever gets it: so may an edit of it. */
  personal: boolean;
  /** To a group over several networks. */
  grouped: boolean;
  copies: Copy[];
};

/** A message with all its copies. @throws DomainError where the user has no such message */
export async function subjectOf(sql: Sql, userId: string, id: string): Promise<Subject> {
  const { rows } = await sql.query<{
    direction: string;
    deleted: boolean;
    has_html: boolean;
    files: number;
    buttons: Button[][] | null;
    personal: boolean;
    grouped: boolean;
    copies: Copy[];
  }>(
    `SELECT m.direction, m.deleted_at IS NOT NULL AS deleted, m.html IS NOT NULL AS has_html, m.buttons, m.personal,
       m.group_id IS NOT NULL AS grouped,
       (SELECT count(*) FROM message_attachments x WHERE x.message_id = m.id) AS files,
       (SELECT coalesce(json_agg(k ORDER BY k."deliveryId" NULLS FIRST), '[]') FROM (
         SELECT NULL::uuid AS "deliveryId", NULL AS status, c.account_id AS "accountId", a.network,
           c.remote_id AS "chatRemoteId", m.remote_id AS "remoteId", NULL AS person
         FROM chats c JOIN accounts a ON a.id = c.account_id WHERE c.id = m.chat_id AND m.remote_id IS NOT NULL
         UNION ALL
         SELECT d.id, d.status, d.account_id, a.network, c.remote_id, d.remote_id, k.name
         FROM deliveries d JOIN accounts a ON a.id = d.account_id LEFT JOIN chats c ON c.id = d.chat_id
           LEFT JOIN contacts k ON k.id = d.contact_id WHERE d.message_id = m.id
       ) AS k) AS copies
     FROM messages m WHERE m.id = $1 AND m.user_id = $2 AND m.echo_of IS NULL`,
    [id, userId],
  );
  const row = rows[0];
  if (!row) throw notFound('message');
  return {
    id,
    direction: row.direction,
    deleted: row.deleted,
    hasHtml: row.has_html,
    files: row.files,
    buttons: row.buttons,
    personal: row.personal,
    grouped: row.grouped,
    copies: row.copies,
  };
}

export const waits = ({ status }: Copy): boolean => status === 'queued';
export const leavesNow = ({ status }: Copy): boolean => status === 'sending';
export const isOut = ({ status }: Copy): boolean =>
  status === null || ['sent', 'delivered', 'read', 'unknown'].includes(status);
export const hasRemoteId = (copy: Copy): copy is Copy & { remoteId: string } => copy.remoteId !== null;

export function mustBeOwn(subject: Subject): void {
  if (subject.direction !== 'out')
    throw new DomainError('conflict', 'not-your-message', 'Only messages you wrote can be changed.');
  if (subject.deleted) throw new DomainError('conflict', 'message-deleted', 'This message was deleted.');
  if (subject.copies.some(leavesNow)) throw onItsWay();
}

/** Undefined while the account is not connected. */
export function featuresOf({ supervisor }: ChangeContext, { accountId, chatRemoteId }: Copy): Features | undefined {
  const live = supervisor.get(accountId);
  return live?.state.is === 'online' && chatRemoteId !== null ? live.connection.chat(chatRemoteId) : undefined;
}

export const personOf = ({ person }: Copy): Person | undefined => (person === null ? undefined : { name: person });

/** @throws DomainError where what waits could not go its way with these words */
export function checkCopies(
  context: ChangeContext,
  subject: Subject,
  words: Pick<Draft, 'text' | 'html' | 'subject'>,
): void {
  const { files: attachments, buttons, personal } = subject;
  const draft = { ...words, attachments, isReply: false, personal, ...(buttons === null ? {} : { buttons }) };
  for (const copy of subject.copies.filter(waits))
    checkWays(draft, [wayOf(context, copy)], { linkBase: context.linkBase, person: personOf(copy) });
}

export const wayOf = ({ supervisor }: ChangeContext, copy: Copy) => wayTo(supervisor, copy);

export const nameOf = ({ supervisor }: ChangeContext, { network }: Copy): string => networkName(supervisor, network);

export const onItsWay = () =>
  new DomainError('conflict', 'being-sent', 'This message is being sent right now. Try again in a moment.', {
    retryAfterMs: 1_000,
  });
