import { furthest } from '../../../core/delivery/status.js';
import { notFound } from '../../../core/errors.js';
import { standing, total } from '../../../core/groups/standing.js';
import type { Urgency } from '../../../core/routing/policy.js';
import type { AttachmentView, DeliveryStatus, MessageFormat, MessageView } from '../../../core/views.js';
import type { Channel } from '../../../sdk/index.js';
import { FILE_URLS } from '../../storage/file-url.js';
import { memberNames, type Standing, standings } from '../groups/standings.js';
import type { Prisma } from '../prisma.js';
import type { Db } from './accounts.js';

/** Deliveries that a message names; the ledger has them all. */
const MOST_DELIVERIES = 50;

const include = {
  chat: { select: { conversationId: true, accountId: true, account: { select: { network: true } } } },
  reactions: { orderBy: { at: 'asc' }, take: 200 },
  receipts: { orderBy: [{ at: 'asc' }, { sender: 'asc' }], take: 200 },
  attachments: { include: { attachment: true }, orderBy: { position: 'asc' } },
  deliveries: {
    select: { id: true, channel: true, status: true, account: { select: { network: true } } },
    orderBy: { id: 'asc' },
    take: MOST_DELIVERIES,
  },
} satisfies Prisma.MessageInclude;

type Row = Prisma.MessageGetPayload<{ include: typeof include }>;

/** What sends a member's answer on to a group is shown as that answer. */
export async function messageViews(db: Db, where: Prisma.MessageWhereInput): Promise<MessageView[]> {
  const rows = await db.message.findMany({
    where: { ...where, echoOf: null, relayOf: null },
    include,
    orderBy: [{ sentAt: 'desc' }, { id: 'desc' }],
  });
  const [roots, groups, names] = await Promise.all([threadRoots(db, rows), standings(db, rows), memberNames(db, rows)]);
  return rows.map((row) => {
    const view = messageView(row, roots.get(threadKey(row.chatId, row.threadRemote)));
    return row.groupId === null ? view : inGroup(view, row.groupId, groups.get(row.id), names.get(row.buddyId ?? ''));
  });
}

/** @throws DomainError `not-found` */
export async function messageViewOf(db: Db, userId: string, id: string): Promise<MessageView> {
  const [message] = await messageViews(db, { userId, id });
  return message ?? Promise.reject(notFound('message'));
}

/** Views of the first `limit`, in the order given, and where the next page begins, if there is one. */
export async function messagePage<F extends { id: string }>(
  db: Db,
  userId: string,
  found: readonly F[],
  limit: number,
): Promise<{ items: MessageView[]; last: F | undefined }> {
  const wanted = found.slice(0, limit);
  const views = await messageViews(db, { userId, id: { in: wanted.map(({ id }) => id) } });
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
async function threadRoots(db: Db, rows: readonly Row[]): Promise<Map<string, string>> {
  const asked = rows.filter((row) => row.threadRemote !== null);
  if (asked.length === 0) return new Map();
  const chats = asked.map((row) => row.chatId);
  const roots = asked.map((row) => row.threadRemote);
  const found = await db.$queryRaw<{ chat_id: string; remote_id: string; id: string }[]>`
    SELECT m.chat_id, m.remote_id, coalesce(m.echo_of, m.id) AS id FROM messages m
      JOIN unnest(${chats}::uuid[], ${roots}::text[]) AS t(chat_id, remote_id) ON t.chat_id = m.chat_id AND t.remote_id = m.remote_id
    UNION ALL SELECT d.chat_id, d.remote_id, d.message_id FROM deliveries d
      JOIN unnest(${chats}::uuid[], ${roots}::text[]) AS t(chat_id, remote_id) ON t.chat_id = d.chat_id AND t.remote_id = d.remote_id`;
  return new Map(found.map((root) => [threadKey(root.chat_id, root.remote_id), root.id]));
}

function messageView(row: Row, thread: string | undefined): MessageView {
  const deliveries = row.deliveries.map(({ id, channel, status, account }) => ({
    id,
    channel: channel as Channel,
    network: account.network,
    status: status as DeliveryStatus,
  }));
  const status =
    furthest(deliveries.map((delivery) => delivery.status)) ?? (row.direction === 'out' ? 'sent' : undefined);
  return {
    id: row.id,
    conversationId: row.chat.conversationId,
    chatId: row.chatId,
    accountId: row.chat.accountId,
    network: row.chat.account.network,
    direction: row.direction === 'in' ? 'in' : 'out',
    sender: { ...(row.buddyId === null ? {} : { buddyId: row.buddyId }), name: row.senderName },
    text: row.text,
    ...(row.html === null ? {} : { html: row.html }),
    format: row.format as MessageFormat,
    sentAt: row.sentAt.toISOString(),
    rev: Number(row.rev),
    ...(row.replyTo === null ? {} : { replyTo: row.replyTo }),
    ...(thread === undefined ? {} : { thread }),
    ...(row.unreadable === null ? {} : { unreadable: row.unreadable }),
    attachments: row.attachments.map(({ attachment, contentId }) => ({
      ...attachmentView(attachment),
      ...(contentId === null ? {} : { contentId }),
    })),
    ...(row.previews === null ? {} : { previews: row.previews as MessageView['previews'] & object }),
    reactions: row.reactions.map(({ emoji, name, sender }) => ({ emoji, name: name || 'You', mine: sender === '' })),
    ...(row.editedAt === null ? {} : { editedAt: row.editedAt.toISOString() }),
    ...(row.edits === 0 ? {} : { edits: row.edits }),
    ...(row.mentioned ? { mentioned: true } : {}),
    ...(row.remindAt === null ? {} : { reminder: reminderView(row.remindAt, row.remindedAt) }),
    ...(row.starredAt === null ? {} : { starred: true }),
    ...(row.pinnedAt === null ? {} : { pinned: true }),
    ...(row.forwardOf === null ? {} : { forwardOf: row.forwardOf }),
    ...(row.deletedAt === null ? {} : { deletedAt: row.deletedAt.toISOString() }),
    ...(status === undefined ? {} : { status }),
    ...(row.receipts.length === 0 ? {} : { receipts: row.receipts.map(receiptView) }),
    ...(row.buttons === null ? {} : { buttons: row.buttons as MessageView['buttons'] & object }),
    ...(deliveries.length === 0 ? {} : { deliveries }),
    ...(row.urgency === 'normal' ? {} : { urgency: row.urgency as Urgency }),
    ...(row.undoUntil === null ? {} : { undoUntil: row.undoUntil.toISOString() }),
  };
}

export const reminderView = (at: Date, told: Date | null) => ({ at: at.toISOString(), due: told !== null });

const receiptView = ({ name, proves, at }: Row['receipts'][number]) => ({
  name,
  proves: proves === 'read' ? ('read' as const) : ('delivered' as const),
  at: at.toISOString(),
});

type FileRow = { id: string; name: string; type: string; size: number; voice?: unknown };

export function attachmentView({ id, name, type, size, voice }: FileRow): AttachmentView {
  const view = { id, name, type, size, url: `${FILE_URLS}${id}` };
  return voice ? { ...view, voice: voice as AttachmentView['voice'] & object } : view;
}
