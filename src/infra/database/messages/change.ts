import { limited, refusal } from '../../../core/accounts/ask.js';
import { withButtons } from '../../../core/delivery/buttons.js';
import { DomainError } from '../../../core/errors.js';
import { newId } from '../../../core/ids.js';
import { cleanLine } from '../../../core/messages/inbound.js';
import { filled } from '../../../core/messages/render.js';
import type { Features } from '../../../sdk/index.js';
import { inTransaction, Revisions } from '../pool.js';
import { forgetWordings, keepWording } from './edits.js';
import {
  type ChangeContext,
  type Copy,
  checkCopies,
  featuresOf,
  hasRemoteId,
  isOut,
  leavesNow,
  mustBeOwn,
  nameOf,
  onItsWay,
  personOf,
  type Subject,
  subjectOf,
  waits,
  wayOf,
} from './subject.js';
import { cancelWaiting } from './waiting.js';

/** A copy that a network holds, and the verb with which it is changed there. */
type Reach<V> = { copy: Copy & { remoteId: string }; verb: V };

/**
 * What waits takes the new text with it, and its channels have no other words any more; what is out is edited where its
 * network can, or nothing is. In a group those whose networks cannot keep the old words, as long as some can.
 */
export async function editMessage(
  context: ChangeContext,
  userId: string,
  id: string,
  edit: { text: string; html: string | undefined },
): Promise<void> {
  const subject = await subjectOf(context.pool, userId, id);
  mustBeOwn(subject);
  checkCopies(context, subject, { ...edit, subject: undefined });
  const all = !subject.grouped;
  const out = subject.copies.filter(isOut).length;
  const reaches = reachesFor(context, subject, { done: 'edited', all }, (features) => features.edits);
  await onNetworks(
    context,
    reaches,
    ({ copy, verb }) => {
      const words = subject.personal ? filled(edit, personOf(copy)) : edit;
      const written = { ...words, ...(subject.buttons === null ? {} : { buttons: subject.buttons }) };
      const { text, html } = withButtons(written, wayOf(context, copy).send);
      return verb.message(copy.remoteId, { key: newId(), text, ...(html === undefined ? {} : { html }) });
    },
    async () => {
      await inTransaction(context.pool, async (sql) => {
        const revs = await Revisions.take(sql, userId, 1);
        const now = await subjectOf(sql, userId, id);
        if (now.copies.some(leavesNow) || now.copies.filter(isOut).length > out) throw onItsWay();
        if (now.copies.some(isOut)) await keepWording(sql, id, { text: edit.text, html: edit.html ?? null });
        await sql.query(
          `UPDATE messages SET text = $2, html = $5, format = CASE WHEN $5::text IS NULL THEN 'plain' ELSE 'html' END,
             variants = NULL, previews = NULL, edited_at = CASE WHEN $6 THEN $3 ELSE edited_at END, rev = $4
           WHERE id = $1 AND deleted_at IS NULL`,
          [id, edit.text, new Date(context.clock.now()), revs.next(), edit.html ?? null, now.copies.some(isOut)],
        );
      });
    },
  );
}

/**
 * What waits is cancelled. Else the message is deleted: on the networks that have it, if all of them can, or only here
 * if none has it.
 */
export async function removeMessage(context: ChangeContext, userId: string, id: string): Promise<void> {
  const subject = await subjectOf(context.pool, userId, id);
  if (subject.deleted) return;
  mustBeOwn(subject);
  if (subject.copies.some(waits)) return cancelWaiting(context, userId, id);
  const reaches = reachesFor(context, subject, { done: 'deleted', all: true }, (features) => features.deletions);
  await onNetworks(
    context,
    reaches,
    ({ copy, verb }) => verb.message(copy.remoteId),
    async () => {
      await inTransaction(context.pool, async (sql) => {
        const revs = await Revisions.take(sql, userId, 2);
        await sql.query(
          `UPDATE messages SET text = '', html = NULL, previews = NULL, deleted_at = $2, rev = $3 WHERE id = $1`,
          [id, new Date(context.clock.now()), revs.next()],
        );
        await forgetWordings(sql, id, revs);
      });
    },
  );
}

/** The reaction goes to each network that has the message and knows reactions. */
export async function reactTo(
  context: ChangeContext,
  userId: string,
  id: string,
  emoji: string,
  on: boolean,
): Promise<void> {
  if (emoji === '' || emoji.length > 64 || cleanLine(emoji, 64) !== emoji || /\s/u.test(emoji))
    throw new DomainError('invalid', 'invalid-emoji', 'A reaction is one emoji.', {
      fields: { emoji: 'must be one emoji' },
    });
  const subject = await subjectOf(context.pool, userId, id);
  if (subject.deleted) throw new DomainError('conflict', 'message-deleted', 'This message was deleted.');
  const able = subject.copies.filter(hasRemoteId).flatMap((copy) => {
    const verb = featuresOf(context, copy)?.reactions;
    return verb ? [{ copy, verb }] : [];
  });
  if (able.length === 0) throw impossible(context, subject.copies, 'reacted to');
  await onNetworks(
    context,
    able,
    ({ copy, verb }) => verb.set(copy.remoteId, emoji, on),
    async () => {
      await inTransaction(context.pool, async (sql) => {
        const revs = await Revisions.take(sql, userId, 1);
        if (on)
          await sql.query(
            `INSERT INTO reactions (message_id, sender, name, emoji, at) VALUES ($1, '', '', $2, $3) ON CONFLICT DO NOTHING`,
            [id, emoji, new Date(context.clock.now())],
          );
        else await sql.query(`DELETE FROM reactions WHERE message_id = $1 AND sender = '' AND emoji = $2`, [id, emoji]);
        await sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [id, revs.next()]);
      });
    },
  );
}

/**
 * Every copy that is out, with its verb. Without `all` those that can be reached.
 * @throws DomainError where one cannot be reached or its network cannot do it; without `all`, where none can
 */
function reachesFor<V>(
  context: ChangeContext,
  subject: Subject,
  { done, all }: { done: string; all: boolean },
  verbOf: (features: Features) => V | undefined,
): Reach<V>[] {
  const out = subject.copies.filter(isOut);
  const able = out.filter(hasRemoteId).filter((copy) => canEver(context, copy, done));
  const check = (found: number, which: (copy: Copy) => boolean) => {
    if (found < out.length && (all || found === 0)) throw impossible(context, out.filter(which), done);
  };
  check(able.length, (copy) => !able.some((one) => one === copy));
  const reaches = able.flatMap((copy) => {
    const features = featuresOf(context, copy);
    if (!features) throw away(context, copy);
    const verb = verbOf(features);
    return verb ? [{ copy, verb }] : [];
  });
  check(reaches.length, (copy) => !reaches.some((reach) => reach.copy === copy));
  return reaches;
}

/** What the network says of itself, so that the answer is the same while the account is away. */
function canEver({ supervisor }: ChangeContext, { network, accountId }: Copy, done: string): boolean {
  if (supervisor.get(accountId)?.state.is === 'online') return true;
  const can = supervisor.adapters.get(network)?.manifest.capabilities;
  return (done === 'edited' ? can?.edits : can?.deletions) === true;
}

/** All networks are asked; what the first of them did is kept here, also where a later one refuses. */
async function onNetworks<V>(
  context: ChangeContext,
  reaches: readonly Reach<V>[],
  act: (reach: Reach<V>) => Promise<void>,
  store: () => Promise<void>,
): Promise<void> {
  let done = 0;
  let refused: unknown;
  for (const reach of reaches) {
    try {
      await limited(context.clock, () => act(reach));
      done += 1;
    } catch (error) {
      refused ??= refusal(nameOf(context, reach.copy), error);
    }
  }
  if (done > 0 || reaches.length === 0) await store();
  if (refused !== undefined) throw refused;
}

const away = (context: ChangeContext, copy: Copy) =>
  new DomainError(
    'unavailable',
    'account-offline',
    `The ${nameOf(context, copy)} account is not connected. Try again once it is.`,
    { retryAfterMs: 10_000 },
  );

const impossible = (context: ChangeContext, copies: readonly Copy[], done: string) => {
  const networks = [...new Set(copies.map((copy) => nameOf(context, copy)))].join(', ') || 'This network';
  const verb = done.replaceAll(' ', '-');
  return new DomainError('conflict', `cannot-be-${verb}`, `${networks}: a message cannot be ${done} there.`);
};
