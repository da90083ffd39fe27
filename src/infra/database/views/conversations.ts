import { z } from 'zod';
import { furthest } from '../../../core/delivery/status.js';
import { standing } from '../../../core/groups/standing.js';
import type { ChatView, ConversationView, DeliveryStatus, LastMessageView } from '../../../core/views.js';
import { type GroupMember, membersOf } from '../groups/members.js';
import { type Standing, standings } from '../groups/standings.js';
import type { Sql } from '../pool.js';
import { chatCapabilities, type ViewContext } from './accounts.js';
import { reminderView } from './messages.js';

/** Of a message in a list; a line has no room for more. */
const MOST_FILES = 10;
const MOST_TEXT = 200;
const MOST_CHATS = 200;

/**
 * One statement, however many conversations: their chats and their last messages come with them. Few messages are pinned:
 * they are counted along the index of those alone.
 */
const CONVERSATIONS = `
WITH pins AS (
  SELECT coalesce(m.group_id, c.conversation_id) AS id, count(*)::int AS pins FROM messages m JOIN chats c ON c.id = m.chat_id
  WHERE m.user_id = $1 AND m.pinned_at IS NOT NULL AND m.echo_of IS NULL AND m.relay_of IS NULL GROUP BY 1)
SELECT v.id, coalesce(k.name, v.name) AS name, v.contact_id, v.unread, v.last_message_at, v.created_at, v.read_message_id, v.pinned,
  coalesce(p.pins, 0) AS pins, v.archived, v.muted_until, v.draft, v.notify, v.snoozed_until, v.marked_unread, v.mentions, v.remind_at,
  v.reminded_at, v.request, v.send_typing, v.send_receipts, v.route_id, v.via_account_id, v.scene, v.when_stuck, v.mixed, v.relay,
  v.rev,
  (SELECT json_agg(json_build_object('id', c.id, 'accountId', c.account_id, 'network', c.network, 'gone', c.gone, 'kind', c.kind,
      'remoteId', c.remote_id, 'address', c.address, 'name', coalesce(c.subject, c.name, c.buddy_name, c.remote_id),
      'topic', c.topic, 'subject', c.subject, 'buddyId', c.buddy_id, 'joined', c.joined, 'invited', c.invited,
      'encrypted', c.encrypted, 'memberCount', c.member_count)) FROM (
    SELECT c.*, a.network, a.deleted_at IS NOT NULL AS gone, b.name AS buddy_name
    FROM chats c JOIN accounts a ON a.id = c.account_id LEFT JOIN buddies b ON b.id = c.buddy_id
    WHERE c.conversation_id = v.id ORDER BY c.last_active_at DESC LIMIT ${MOST_CHATS}) AS c) AS chats,
  l.id AS last_id, l.direction, l.sent_at, l.deleted_at, l.group_id, la.network,
  coalesce(CASE WHEN l.group_id IS NOT NULL THEN lk.name END, l.sender_name) AS sender_name,
  left(coalesce(l.unreadable, l.text), ${MOST_TEXT}) AS text,
  CASE WHEN l.deleted_at IS NULL AND btrim(left(l.text, ${MOST_TEXT}), E' \\t\\r\\n') = '' THEN (
    SELECT json_agg(json_strip_nulls(json_build_object('name', f.name, 'type', f.type, 'voice', f.voiced))) FROM (
      SELECT f.name, f.type, CASE WHEN f.voice IS NOT NULL THEN true END AS voiced
      FROM message_attachments x JOIN attachments f ON f.id = x.attachment_id WHERE x.message_id = l.id
      ORDER BY x.position LIMIT ${MOST_FILES}) AS f) END AS files,
  ARRAY(SELECT d.status FROM deliveries d WHERE d.message_id = l.id) AS statuses
FROM conversations v LEFT JOIN contacts k ON k.id = v.contact_id LEFT JOIN pins p ON p.id = v.id
LEFT JOIN messages l ON l.id = v.last_message_id
LEFT JOIN chats lc ON lc.id = l.chat_id LEFT JOIN accounts la ON la.id = lc.account_id
LEFT JOIN buddies lb ON lb.id = l.buddy_id LEFT JOIN contacts lk ON lk.id = lb.contact_id
WHERE v.user_id = $1 AND v.id = ANY($2::uuid[]) AND v.deleted_at IS NULL AND v.merged_into IS NULL ORDER BY v.id`;

const scene = z.record(z.string(), z.unknown()).nullable();

type Row = {
  id: string;
  name: string;
  contact_id: string | null;
  unread: number;
  last_message_at: Date | null;
  created_at: Date;
  read_message_id: string | null;
  pinned: boolean;
  pins: number;
  archived: boolean;
  muted_until: Date | null;
  draft: string | null;
  notify: ConversationView['notify'];
  snoozed_until: Date | null;
  marked_unread: boolean;
  mentions: number;
  remind_at: Date | null;
  reminded_at: Date | null;
  request: ConversationView['request'];
  send_typing: boolean | null;
  send_receipts: boolean | null;
  route_id: string | null;
  via_account_id: string | null;
  scene: unknown;
  when_stuck: ConversationView['whenStuck'];
  mixed: boolean;
  relay: boolean;
  rev: number;
  chats: ChatRow[] | null;
} & (LastRow | { last_id: null });

type LastRow = {
  last_id: string;
  direction: LastMessageView['direction'];
  sent_at: Date;
  deleted_at: Date | null;
  group_id: string | null;
  network: string;
  sender_name: string;
  text: string;
  files: (LastMessageView['files'] & object) | null;
  statuses: DeliveryStatus[];
};

type ChatRow = {
  id: string;
  accountId: string;
  network: string;
  /** Its account was removed. */
  gone: boolean;
  kind: ChatView['kind'];
  remoteId: string;
  address: string | null;
  name: string;
  topic: string | null;
  subject: string | null;
  buddyId: string | null;
  joined: boolean;
  invited: boolean;
  encrypted: boolean;
  memberCount: number | null;
};

/** Of the user's conversations with these ids, those that are there, by their ids. */
export async function conversationViews(
  sql: Sql,
  context: ViewContext,
  userId: string,
  ids: readonly string[],
): Promise<ConversationView[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<Row>({ name: 'conversation-views', text: CONVERSATIONS, values: [userId, ids] });
  const groups = rows.flatMap((row) => (row.mixed ? [row.id] : []));
  const last = rows.flatMap((row) => (row.last_id === null ? [] : [{ id: row.last_id, groupId: row.group_id }]));
  const [members, found] = await Promise.all([membersOf(sql, groups), standings(sql, last)]);
  const byGroup = Map.groupBy(members, ({ groupId }) => groupId);
  return rows.map((row) => {
    const view = conversationView(row, context, row.last_id === null ? null : lastMessage(row, found.get(row.last_id)));
    return row.mixed ? { ...view, ...groupView(row, byGroup.get(row.id) ?? []) } : view;
  });
}

function conversationView(row: Row, context: ViewContext, last: LastMessageView | null): ConversationView {
  const chats = row.chats ?? [];
  return {
    id: row.id,
    name: row.name,
    contactId: row.contact_id,
    kind: row.contact_id === null ? (chats[0]?.kind ?? 'group') : 'direct',
    chats: chats.filter(({ gone }) => !gone).map((chat) => chatView(chat, context)),
    unread: row.unread,
    lastMessage: last,
    lastActiveAt: (row.last_message_at ?? row.created_at).toISOString(),
    readMessageId: row.read_message_id,
    pinned: row.pinned,
    pins: row.pins,
    archived: row.archived,
    mutedUntil: row.muted_until?.toISOString() ?? null,
    draft: row.draft,
    notify: row.notify,
    snoozedUntil: row.snoozed_until?.toISOString() ?? null,
    markedUnread: row.marked_unread,
    mentions: row.mentions,
    reminder: row.remind_at === null ? null : reminderView(row.remind_at, row.reminded_at),
    request: row.request,
    sendTyping: row.send_typing,
    sendReceipts: row.send_receipts,
    routeId: row.route_id,
    via: row.via_account_id,
    scene: scene.parse(row.scene),
    whenStuck: row.when_stuck,
    rev: row.rev,
  };
}

function groupView({ relay }: Row, members: GroupMember[]): Pick<ConversationView, 'kind' | 'group'> {
  return { kind: 'group', group: { members: members.map(({ contactId, name }) => ({ contactId, name })), relay } };
}

function chatView(row: ChatRow, context: ViewContext): ChatView {
  return {
    id: row.id,
    accountId: row.accountId,
    network: row.network,
    kind: row.kind,
    name: row.name,
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

function lastMessage(row: LastRow, found: Standing | undefined): LastMessageView {
  const status = row.group_id === null ? furthest(row.statuses) : standing(found?.tally ?? {});
  return {
    id: row.last_id,
    senderName: row.sender_name,
    text: row.text.slice(0, MOST_TEXT).toWellFormed(),
    direction: row.direction,
    network: row.network,
    sentAt: row.sent_at.toISOString(),
    ...(row.files === null ? {} : { files: row.files }),
    ...(row.deleted_at === null ? {} : { deleted: true }),
    ...(row.direction === 'in' ? {} : { status: status ?? 'sent' }),
  };
}
