import { furthest } from '../../../core/delivery/status.js';
import { notFound } from '../../../core/errors.js';
import { standing, total } from '../../../core/groups/standing.js';
import type { Urgency } from '../../../core/routing/policy.js';
import type { AttachmentView, DeliveryStatus, MessageFormat, MessageView } from '../../../core/views.js';
import type { Channel } from '../../../sdk/index.js';
import { FILE_URLS } from '../../storage/file-url.js';
import { memberNames, type Standing, standings } from '../groups/standings.js';
import type { Sql } from '../pool.js';

/** What a message names of each kind, at most; of deliveries the ledger has them all. */
const MOST = { reactions: 200, receipts: 200, deliveries: 50 };

/** One statement, however many messages: what hangs on each comes with it. */
const MESSAGES = `
SELECT m.id, c.conversation_id, m.chat_id, c.account_id, a.network, m.direction, m.buddy_id, m.sender_name, m.text, m.html, m.format,
  m.sent_at, m.rev, m.reply_to, m.thread_remote, m.unreadable, m.previews, m.edited_at, m.edits, m.mentioned, m.remind_at,
  m.reminded_at, m.starred_at, m.pinned_at, m.forward_of, m.deleted_at, m.buttons, m.urgency, m.undo_until, m.group_id,
  (SELECT json_agg(json_build_object('emoji', r.emoji, 'name', r.name, 'sender', r.sender)) FROM (
    SELECT * FROM reactions WHERE message_id = m.id ORDER BY at, sender, emoji LIMIT ${MOST.reactions}) AS r) AS reactions,
  (SELECT json_agg(json_build_object('name', r.name, 'proves', r.proves, 'at', r.at)) FROM (
    SELECT * FROM message_receipts WHERE message_id = m.id ORDER BY at, sender LIMIT ${MOST.receipts}) AS r) AS receipts,
  (SELECT json_agg(json_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size, 'voice', f.voice,
      'contentId', x.content_id) ORDER BY x.position, f.id)
    FROM message_attachments x JOIN attachments f ON f.id = x.attachment_id WHERE x.message_id = m.id) AS attachments,
  (SELECT json_agg(json_build_object('id', d.id, 'channel', d.channel, 'status', d.status, 'network', d.network)) FROM (
    SELECT d.id, d.channel, d.status, da.network FROM deliveries d JOIN accounts da ON da.id = d.account_id
    WHERE d.message_id = m.id ORDER BY d.id LIMIT ${MOST.deliveries}) AS d) AS deliveries
FROM messages m JOIN chats c ON c.id = m.chat_id JOIN accounts a ON a.id = c.account_id
WHERE m.user_id = $1 AND m.id = ANY($2::uuid[]) AND m.echo_of IS NULL AND m.relay_of IS NULL
ORDER BY m.sent_at DESC, m.id DESC`;

type Row = {
  id: string;
  conversation_id: string;
  chat_id: string;
  account_id: string;
  network: string;
  direction: 'in' | 'out';
  buddy_id: string | null;
  sender_name: string;
  text: string;
  html: string | null;
  format: MessageFormat;
  sent_at: Date;
  rev: number;
  reply_to: string | null;
  thread_remote: string | null;
  unreadable: string | null;
  previews: (MessageView['previews'] & object) | null;
  edited_at: Date | null;
  edits: number;
  mentioned: boolean;
  remind_at: Date | null;
  reminded_at: Date | null;
  starred_at: Date | null;
  pinned_at: Date | null;
  forward_of: string | null;
  deleted_at: Date | null;
  buttons: (MessageView['buttons'] & object) | null;
  urgency: Urgency;
  undo_until: Date | null;
  group_id: string | null;
  reactions: { emoji: string; name: string; sender: string }[] | null;
  receipts: { name: string; proves: string; at: string }[] | null;
  attachments: (FileRow & { contentId: string | null })[] | null;
  deliveries: { id: string; channel: Channel; status: DeliveryStatus; network: string }[] | null;
};

/** Of the user's messages with these ids. What sends a member's answer on to a group is shown as that answer. */
export async function messageViews(sql: Sql, userId: string, ids: readonly string[]): Promise<MessageView[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<Row>({ name: 'message-views', text: MESSAGES, values: [userId, ids] });
  const seen = rows.map(({ id, group_id: groupId, buddy_id: buddyId }) => ({ id, groupId, buddyId }));
  const [roots, groups, names] = await Promise.all([
    threadRoots(sql, rows),
    standings(sql, seen),
    memberNames(sql, seen),
  ]);
  return rows.map((row) => {
    const view = messageView(row, roots.get(threadKey(row.chat_id, row.thread_remote)));
    return row.group_id === null
      ? view
      : inGroup(view, row.group_id, groups.get(row.id), names.get(row.buddy_id ?? ''));
  });
}

/** @throws DomainError `not-found` */
export async function messageViewOf(sql: Sql, userId: string, id: string): Promise<MessageView> {
  const [message] = await messageViews(sql, userId, [id]);
  return message ?? Promise.reject(notFound('message'));
}

/** Views of the first `limit`, in the order given, and where the next page begins, if there is one. */
export async function messagePage<F extends { id: string }>(
  sql: Sql,
  userId: string,
  found: readonly F[],
  limit: number,
): Promise<{ items: MessageView[]; last: F | undefined }> {
  const wanted = found.slice(0, limit);
  const ids = wanted.map(({ id }) => id);
  const views = await messageViews(sql, userId, ids);
  const byId = new Map(views.map((view) => [view.id, view]));
  return {
    items: wanted.flatMap(({ id }) => byId.get(id) ?? []),
    last: found.length > limit ? wanted.at(-1) : undefined,
  };
}

/** With people's names as the user has them, and where it stands with each of them. */
function inGroup(
  view: MessageView,
  conversationId: string,
  found: Standing | undefined,
  sender: string | undefined,
): MessageView {
  const named = { ...view, conversationId, sender: { ...view.sender, name: sender ?? view.sender.name } };
  const people = found && total(found.tally);
  if (!people) return named;
  const status = view.direction === 'out' ? standing(found.tally) : undefined;
  return {
    ...named,
    rev: Math.max(view.rev, found.relay?.rev ?? 0),
    ...(status === undefined ? {} : { status }),
    recipients: { total: people, byStatus: found.tally },
    ...(found.relay === undefined ? {} : { relayed: true }),
  };
}

const threadKey = (chatId: string, remoteId: string | null) => `${chatId} ${remoteId}`;

/** Our ids of the messages that began threads, of those that are stored. */
const ROOTS = `
WITH t AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS t(chat_id, remote_id))
SELECT m.chat_id, m.remote_id, coalesce(m.echo_of, m.id) AS id
FROM messages m JOIN t ON t.chat_id = m.chat_id AND t.remote_id = m.remote_id
UNION ALL SELECT d.chat_id, d.remote_id, d.message_id
FROM deliveries d JOIN t ON t.chat_id = d.chat_id AND t.remote_id = d.remote_id`;

async function threadRoots(sql: Sql, rows: readonly Row[]): Promise<Map<string, string>> {
  const asked = rows.filter((row) => row.thread_remote !== null);
  if (asked.length === 0) return new Map();
  const values = [asked.map((row) => row.chat_id), asked.map((row) => row.thread_remote)];
  type Root = { chat_id: string; remote_id: string; id: string };
  const { rows: found } = await sql.query<Root>({ name: 'thread-roots', text: ROOTS, values });
  return new Map(found.map((root) => [threadKey(root.chat_id, root.remote_id), root.id]));
}

function messageView(row: Row, thread: string | undefined): MessageView {
  const deliveries = row.deliveries ?? [];
  const status =
    furthest(deliveries.map((delivery) => delivery.status)) ?? (row.direction === 'out' ? 'sent' : undefined);
  return {
    id: row.id,
    conversationId: row.conversation_id,
    chatId: row.chat_id,
    accountId: row.account_id,
    network: row.network,
    direction: row.direction,
    sender: { ...(row.buddy_id === null ? {} : { buddyId: row.buddy_id }), name: row.sender_name },
    text: row.text,
    ...(row.html === null ? {} : { html: row.html }),
    format: row.format,
    sentAt: row.sent_at.toISOString(),
    rev: row.rev,
    ...(row.reply_to === null ? {} : { replyTo: row.reply_to }),
    ...(thread === undefined ? {} : { thread }),
    ...(row.unreadable === null ? {} : { unreadable: row.unreadable }),
    attachments: (row.attachments ?? []).map(({ contentId, ...file }) => ({
      ...attachmentView(file),
      ...(contentId === null ? {} : { contentId }),
    })),
    ...(row.previews === null ? {} : { previews: row.previews }),
    reactions: (row.reactions ?? []).map(({ emoji, name, sender }) => ({
      emoji,
      name: name || 'You',
      mine: sender === '',
    })),
    ...(row.edited_at === null ? {} : { editedAt: row.edited_at.toISOString() }),
    ...(row.edits === 0 ? {} : { edits: row.edits }),
    ...(row.mentioned ? { mentioned: true } : {}),
    ...(row.remind_at === null ? {} : { reminder: reminderView(row.remind_at, row.reminded_at) }),
    ...(row.starred_at === null ? {} : { starred: true }),
    ...(row.pinned_at === null ? {} : { pinned: true }),
    ...(row.forward_of === null ? {} : { forwardOf: row.forward_of }),
    ...(row.deleted_at === null ? {} : { deletedAt: row.deleted_at.toISOString() }),
    ...(status === undefined ? {} : { status }),
    ...(row.receipts === null ? {} : { receipts: row.receipts.map(receiptView) }),
    ...(row.buttons === null ? {} : { buttons: row.buttons }),
    ...(deliveries.length === 0 ? {} : { deliveries }),
    ...(row.urgency === 'normal' ? {} : { urgency: row.urgency }),
    ...(row.undo_until === null ? {} : { undoUntil: row.undo_until.toISOString() }),
  };
}

export const reminderView = (at: Date, told: Date | null) => ({ at: at.toISOString(), due: told !== null });

const receiptView = ({ name, proves, at }: (Row['receipts'] & object)[number]) => ({
  name,
  proves: proves === 'read' ? ('read' as const) : ('delivered' as const),
  at: new Date(at).toISOString(),
});

type FileRow = { id: string; name: string; type: string; size: number; voice?: unknown };

export function attachmentView({ id, name, type, size, voice }: FileRow): AttachmentView {
  const view = { id, name, type, size, url: `${FILE_URLS}${id}` };
  return voice ? { ...view, voice: voice as AttachmentView['voice'] & object } : view;
}
