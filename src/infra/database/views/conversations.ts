import { z } from 'zod';
import { furthest } from '../../../core/delivery/status.js';
import { standing } from '../../../core/groups/standing.js';
import type { ChatView, ConversationView, DeliveryStatus, LastMessageView } from '../../../core/views.js';
import { type GroupMember, membersFor } from '../groups/members.js';
import { memberNames, standings } from '../groups/standings.js';
import type { Prisma } from '../prisma.js';
import { chatCapabilities, type Db, type ViewContext } from './accounts.js';
import { reminderView } from './messages.js';

const include = {
  contact: { select: { name: true } },
  chats: {
    include: { account: { select: { network: true, deletedAt: true } }, buddy: { select: { name: true } } },
    orderBy: { lastActiveAt: 'desc' },
    take: 200,
  },
} satisfies Prisma.ConversationInclude;

/** Of a message in a list; a line has no room for more. */
const MOST_FILES = 10;

const scene = z.record(z.string(), z.unknown()).nullable();

type Row = Prisma.ConversationGetPayload<{ include: typeof include }>;
type ChatRow = Row['chats'][number];

export async function conversationViews(
  db: Db,
  context: ViewContext,
  where: Prisma.ConversationWhereInput,
  page: Pick<Prisma.ConversationFindManyArgs, 'orderBy' | 'take'> = { orderBy: { id: 'asc' } },
): Promise<ConversationView[]> {
  const rows = await db.conversation.findMany({
    where: { ...where, deletedAt: null, mergedInto: null },
    include,
    ...page,
  });
  const groups = rows.flatMap((row) => (row.mixed ? [row.id] : []));
  const [last, members, pins] = await Promise.all([lastMessages(db, rows), membersFor(db, groups), pinsOf(db, rows)]);
  return rows.map((row) => {
    const view = conversationView(row, context, last.get(row.lastMessageId ?? '') ?? null, pins.get(row.id) ?? 0);
    return row.mixed ? { ...view, ...groupView(row, members.get(row.id) ?? []) } : view;
  });
}

function conversationView(
  row: Row,
  context: ViewContext,
  lastMessage: LastMessageView | null,
  pins: number,
): ConversationView {
  const chats = row.chats.filter((chat) => chat.account.deletedAt === null);
  return {
    id: row.id,
    name: row.contact?.name ?? row.name,
    contactId: row.contactId,
    kind: row.contactId === null ? ((row.chats[0]?.kind ?? 'group') as ConversationView['kind']) : 'direct',
    chats: chats.map((chat) => chatView(chat, context)),
    unread: row.unread,
    lastMessage,
    lastActiveAt: (row.lastMessageAt ?? row.createdAt).toISOString(),
    readMessageId: row.readMessageId,
    pinned: row.pinned,
    pins,
    archived: row.archived,
    mutedUntil: row.mutedUntil?.toISOString() ?? null,
    draft: row.draft,
    notify: row.notify as ConversationView['notify'],
    snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
    markedUnread: row.markedUnread,
    mentions: row.mentions,
    reminder: row.remindAt === null ? null : reminderView(row.remindAt, row.remindedAt),
    request: row.request as ConversationView['request'],
    sendTyping: row.sendTyping,
    sendReceipts: row.sendReceipts,
    routeId: row.routeId,
    via: row.viaAccountId,
    scene: scene.parse(row.scene),
    whenStuck: row.whenStuck as ConversationView['whenStuck'],
    rev: Number(row.rev),
  };
}

function groupView({ relay }: Row, members: GroupMember[]): Pick<ConversationView, 'kind' | 'group'> {
  return { kind: 'group', group: { members: members.map(({ contactId, name }) => ({ contactId, name })), relay } };
}

export function chatView(row: ChatRow, context: ViewContext): ChatView {
  return {
    id: row.id,
    accountId: row.accountId,
    network: row.account.network,
    kind: row.kind as ChatView['kind'],
    name: row.subject ?? row.name ?? row.buddy?.name ?? row.remoteId,
    ...(row.topic === null ? {} : { topic: row.topic }),
    ...(row.subject === null ? {} : { subject: row.subject }),
    buddyId: row.buddyId,
    joined: row.joined,
    invited: row.invited,
    encrypted: row.encrypted,
    ...(row.memberCount === null ? {} : { memberCount: row.memberCount }),
    capabilities: chatCapabilities(context, row),
  };
}

/** Few messages are pinned: they are counted along the index of those alone. */
async function pinsOf(db: Db, rows: Row[]): Promise<Map<string, number>> {
  const users = [...new Set(rows.map((row) => row.userId))];
  if (users.length === 0) return new Map();
  const ids = rows.map((row) => row.id);
  const counts = await db.$queryRaw<{ id: string; pins: number }[]>`
    SELECT coalesce(m.group_id, c.conversation_id) AS id, count(*)::int AS pins
    FROM messages m JOIN chats c ON c.id = m.chat_id
    WHERE m.user_id = ANY(${users}::uuid[]) AND m.pinned_at IS NOT NULL AND m.echo_of IS NULL AND m.relay_of IS NULL
      AND coalesce(m.group_id, c.conversation_id) = ANY(${ids}::uuid[]) GROUP BY 1`;
  return new Map(counts.map(({ id, pins }) => [id, pins]));
}

async function lastMessages(db: Db, rows: Row[]): Promise<Map<string, LastMessageView>> {
  const ids = rows.flatMap((row) => (row.lastMessageId === null ? [] : [row.lastMessageId]));
  const messages = await db.message.findMany({
    where: { id: { in: ids } },
    select: {
      id: true,
      text: true,
      direction: true,
      senderName: true,
      sentAt: true,
      unreadable: true,
      deletedAt: true,
      groupId: true,
      buddyId: true,
      deliveries: { select: { status: true } },
      chat: { select: { account: { select: { network: true } } } },
    },
  });
  const [groups, names, files] = await Promise.all([
    standings(db, messages),
    memberNames(db, messages),
    filesAlone(db, messages),
  ]);
  return new Map(
    messages.map((message) => {
      const { chat, id, sentAt, text, unreadable, direction, deliveries, groupId, buddyId, senderName } = message;
      const alone = () => furthest(deliveries.map((delivery) => delivery.status as DeliveryStatus));
      const status = groupId === null ? alone() : standing(groups.get(id)?.tally ?? {});
      return [
        id,
        {
          id,
          senderName: names.get(buddyId ?? '') ?? senderName,
          text: (unreadable ?? text).slice(0, 200).toWellFormed(),
          direction: direction === 'in' ? 'in' : 'out',
          network: chat.account.network,
          sentAt: sentAt.toISOString(),
          ...(files.has(id) ? { files: files.get(id)! } : {}),
          ...(message.deletedAt === null ? {} : { deleted: true }),
          ...(direction === 'in' ? {} : { status: status ?? 'sent' }),
        },
      ];
    }),
  );
}

type Wordless = { id: string; text: string; deletedAt: Date | null };

/** Of those that say nothing by themselves: few, so that most lists are read without this. */
async function filesAlone(db: Db, messages: Wordless[]): Promise<Map<string, LastMessageView['files'] & object>> {
  const found = new Map<string, LastMessageView['files'] & object>();
  const ids = messages.filter(({ text, deletedAt }) => text.trim() === '' && deletedAt === null).map(({ id }) => id);
  if (ids.length === 0) return found;
  const rows = await db.messageAttachment.findMany({
    where: { messageId: { in: ids } },
    select: { messageId: true, attachment: { select: { name: true, type: true, voice: true } } },
    orderBy: { position: 'asc' },
  });
  for (const { messageId, attachment } of rows) {
    const { voice, ...file } = attachment;
    const files = [...(found.get(messageId) ?? []), { ...file, ...(voice === null ? {} : { voice: true }) }];
    found.set(messageId, files.slice(0, MOST_FILES));
  }
  return found;
}
