import type pg from 'pg';
import { connected, limited, networkName, refusal } from '../../core/accounts/ask.js';
import type { Supervisor } from '../../core/accounts/supervisor.js';
import { DomainError, notFound } from '../../core/errors.js';
import { cleanLine } from '../../core/messages/inbound.js';
import { AdapterError, type Clock } from '../../sdk/index.js';
import { inTransaction, Revisions } from './pool.js';

/** What is done to a room at its network: the network first, then one transaction. */
export type RoomContext = { pool: pg.Pool; supervisor: Supervisor; clock: Clock };

export type RoomChat = {
  id: string;
  accountId: string;
  network: string;
  remoteId: string;
  kind: 'direct' | 'group' | 'channel';
  joined: boolean;
  invited: boolean;
};

/** The chats of a conversation that a network knows, the last active first. @throws DomainError `not-found` */
export async function chatsOf(pool: pg.Pool, userId: string, conversationId: string): Promise<RoomChat[]> {
  const { rows } = await pool.query<{ id: string | null } & Omit<RoomChat, 'id'>>(
    `SELECT c.id, c.account_id AS "accountId", a.network, c.remote_id AS "remoteId", c.kind, c.joined, c.invited
     FROM conversations v LEFT JOIN (chats c JOIN accounts a ON a.id = c.account_id AND a.deleted_at IS NULL)
       ON c.conversation_id = v.id AND c.address IS NULL
     WHERE v.id = $1 AND v.user_id = $2 AND v.deleted_at IS NULL AND v.merged_into IS NULL
     ORDER BY c.last_active_at DESC LIMIT 200`,
    [conversationId, userId],
  );
  if (rows.length === 0) throw notFound('conversation');
  return rows.flatMap(({ id, ...chat }) => (id === null ? [] : [{ id, ...chat }]));
}

/**
 * Each invitation is answered at its network and noted at once. One that the network knows no more can still be
 * declined.
 */
export async function answerInvitations(
  context: RoomContext,
  userId: string,
  conversationId: string,
  verb: 'accept' | 'decline',
): Promise<void> {
  const invited = (await chatsOf(context.pool, userId, conversationId)).filter((chat) => chat.invited);
  const lives = invited.map((chat) => connected(context.supervisor, { id: chat.accountId, network: chat.network }));
  for (const [index, chat] of invited.entries()) {
    const { connection } = lives[index]!;
    await limited(context.clock, () => connection.invitations?.[verb](chat.remoteId)).catch((error) => {
      const gone = verb === 'decline' && error instanceof AdapterError && error.kind === 'rejected';
      if (!gone) throw refusal(networkName(context.supervisor, chat.network), error);
    });
    // A person is not joined or left.
    const joined = chat.kind === 'direct' ? chat.joined : verb === 'accept';
    await note(context, userId, conversationId, chat.id, { joined });
  }
}

/** Leaves the rooms of a conversation; what was said stays. */
export async function leaveRoom(context: RoomContext, userId: string, conversationId: string): Promise<void> {
  const chats = await chatsOf(context.pool, userId, conversationId);
  const rooms = chats.filter(({ kind }) => kind !== 'direct');
  if (rooms.length === 0)
    throw new DomainError('conflict', 'not-a-room', 'Only a group or a channel can be left. Archive this instead.');
  const joined = rooms.filter((chat) => chat.joined);
  const leaving = joined.map((chat) => {
    const { connection } = connected(context.supervisor, { id: chat.accountId, network: chat.network });
    if (connection.leave === undefined) throw cannot(context, chat, 'cannot-be-left', 'a group cannot be left there');
    return { chat, leave: connection.leave.bind(connection) };
  });
  for (const { chat, leave } of leaving) {
    await limited(context.clock, () => leave(chat.remoteId)).catch((error) => {
      throw refusal(networkName(context.supervisor, chat.network), error);
    });
    await note(context, userId, conversationId, chat.id, { joined: false });
  }
}

/** Sets the topic of the room last active of those that have one to set. */
export async function setTopic(
  context: RoomContext,
  userId: string,
  conversationId: string,
  topic: string,
): Promise<void> {
  const { chat, verb } = await roomWith(
    context,
    userId,
    conversationId,
    undefined,
    'topic',
    'there is no topic to set',
  );
  await limited(context.clock, () => verb.set(topic)).catch((error) => {
    throw refusal(networkName(context.supervisor, chat.network), error, 'topic');
  });
  await note(context, userId, conversationId, chat.id, { topic: cleanLine(topic, 1000) });
}

type RoomFeature = 'members' | 'invites' | 'topic';
type Verb<F extends RoomFeature> = NonNullable<ReturnType<ReturnType<typeof connected>['connection']['chat']>[F]>;

/**
 * The chat that is meant, or the last active one that can do it, with its verb.
 * @throws DomainError where none can, or those that might are not connected
 */
export async function roomWith<F extends RoomFeature>(
  context: RoomContext,
  userId: string,
  conversationId: string,
  chatId: string | undefined,
  feature: F,
  lack: string,
): Promise<{ chat: RoomChat; verb: Verb<F> }> {
  const all = await chatsOf(context.pool, userId, conversationId);
  const meant = chatId === undefined ? all.filter(({ joined }) => joined) : all.filter(({ id }) => id === chatId);
  if (chatId !== undefined && meant.length === 0) throw notFound('chat');
  let away: unknown;
  for (const chat of meant) {
    try {
      const { connection } = connected(context.supervisor, { id: chat.accountId, network: chat.network });
      const verb = connection.chat(chat.remoteId)[feature];
      if (verb !== undefined) return { chat, verb };
    } catch (error) {
      away ??= error;
    }
  }
  throw away ?? cannot(context, meant[0], `no-${feature}`, lack);
}

const cannot = (context: RoomContext, chat: RoomChat | undefined, code: string, lack: string) =>
  new DomainError(
    'conflict',
    code,
    `${chat === undefined ? 'This conversation' : networkName(context.supervisor, chat.network)}: ${lack}.`,
  );

async function note(
  { pool }: RoomContext,
  userId: string,
  conversationId: string,
  chatId: string,
  change: { joined?: boolean; topic?: string },
): Promise<void> {
  await inTransaction(pool, async (sql) => {
    const revs = await Revisions.take(sql, userId, 1);
    await sql.query(
      `UPDATE chats SET joined = coalesce($2, joined), invited = invited AND $2 IS NULL, topic = coalesce($3, topic)
       WHERE id = $1`,
      [chatId, change.joined ?? null, change.topic ?? null],
    );
    await sql.query('UPDATE conversations SET rev = $2 WHERE id = $1', [conversationId, revs.next()]);
  });
}
