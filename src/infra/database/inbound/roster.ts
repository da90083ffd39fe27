import { createHash } from 'node:crypto';
import { timeZone } from '../../../core/contacts/time-zone.js';
import { newId } from '../../../core/ids.js';
import { cleanLine, cleanText } from '../../../core/messages/inbound.js';
import type { BuddyInfo, ChatEvent, ContactEvent } from '../../../sdk/index.js';
import { setAvatar } from './avatars.js';
import { type Context, forgetPlaces, touchConversation } from './context.js';
import { ensureBuddy, ensureChat, findChat, type KnownBuddy, type KnownChat } from './people.js';

const MOST_GROUPS = 50;

/** Who is in the network's own contact list gets a contact; of others what is said of them is kept. */
export async function onContact(context: Context, event: ContactEvent): Promise<void> {
  const { sql, account, revs } = context;
  forgetPlaces(context);
  const buddy = await ensureBuddy(sql, account, event.buddy, event.listed ?? isBare(event), revs);
  const groups = event.groups?.slice(0, MOST_GROUPS).map((name) => cleanLine(name, 100));
  const { rowCount } = await sql.query(
    `UPDATE buddies SET groups = coalesce($2, groups), listed = coalesce($3, listed), blocked = coalesce($4, blocked),
       opted_out = coalesce($5, opted_out), time_zone = CASE WHEN $6 THEN $7 ELSE time_zone END
     WHERE id = $1 AND (groups, listed, blocked, opted_out, time_zone) IS DISTINCT FROM (coalesce($2, groups),
       coalesce($3, listed), coalesce($4, blocked), coalesce($5, opted_out), CASE WHEN $6 THEN $7 ELSE time_zone END)`,
    [
      buddy.buddyId,
      groups === undefined ? null : [...new Set(groups)].filter((name) => name !== ''),
      event.listed ?? null,
      event.blocked ?? null,
      event.optedOut ?? null,
      event.timeZone !== undefined,
      timeZone(event.timeZone ?? '') ?? null,
    ],
  );
  const pictured = await avatar(context, event, buddy);
  if ((rowCount || pictured) && buddy.contactId !== null)
    await sql.query('UPDATE contacts SET rev = $2 WHERE id = $1', [buddy.contactId, revs.next()]);
}

/** A person by themselves is an entry of the list, as adapters said it before there was more to say. */
const isBare = ({ groups, blocked, optedOut, avatar: picture, timeZone: zone }: ContactEvent): boolean =>
  [groups, blocked, optedOut, picture, zone].every((one) => one === undefined);

async function avatar(context: Context, event: ContactEvent, { buddyId }: KnownBuddy): Promise<boolean> {
  if (event.avatar === undefined) return false;
  if (event.avatar === null) return setAvatar(context.sql, context.account, buddyId, undefined);
  const file = context.files.get(event)?.[0];
  return file !== undefined && setAvatar(context.sql, context.account, buddyId, { key: event.avatar.id, file });
}

export async function onChat(context: Context, event: ChatEvent): Promise<void> {
  const { sql, account, revs } = context;
  forgetPlaces(context);
  const { invite } = event;
  const known = await findChat(sql, account.id, event.chat.id);
  const direct = event.chat.kind === 'direct';
  if (direct && !known && !invite?.from) return;
  const asks = invite !== undefined && event.joined !== true && (direct || known?.joined !== true);
  const from = asks ? invite.from : undefined;
  const buddy = from && (await ensureBuddy(sql, account, from, direct, revs));
  const joined = event.joined ?? (asks && !direct ? false : undefined);
  const options = { request: false, ...(joined === undefined ? {} : { joined }) };
  const chat = await ensureChat(sql, account, event.chat, buddy, options, revs);
  if (asks) await invited(context, chat, buddy, invite, !direct);
  else if (event.joined !== undefined) await answered(context, chat, event.joined);
}

/** A person accepts or declines. */
async function invited(
  context: Context,
  chat: KnownChat,
  buddy: KnownBuddy | undefined,
  invite: { from?: BuddyInfo; text?: string },
  named: boolean,
): Promise<void> {
  const { sql, revs } = context;
  const { rowCount } = await sql.query('UPDATE chats SET invited = true WHERE id = $1 AND NOT invited', [chat.chatId]);
  if (rowCount)
    await sql.query(`UPDATE conversations SET request = 'pending', archived = false, rev = $2 WHERE id = $1`, [
      chat.conversationId,
      revs.next(),
    ]);
  const said = cleanText(invite.text ?? '', 2_000).trim();
  const text = said === '' && named && buddy ? `${buddy.name} invites you to this chat.` : said;
  if (text !== '') await say(context, chat, buddy, text);
}

/** The words of an invitation, once however often the network repeats it. */
async function say(context: Context, chat: KnownChat, buddy: KnownBuddy | undefined, text: string): Promise<void> {
  const { sql, account, revs, now } = context;
  const [id, at] = [newId(), new Date(now)];
  const remoteId = `parley:invite:${createHash('sha256').update(`${buddy?.buddyId}\n${text}`).digest('hex')}`;
  const { rowCount } = await sql.query(
    `INSERT INTO messages (id, user_id, chat_id, remote_id, direction, buddy_id, sender_name, text, format, sent_at, rev)
     VALUES ($1, $2, $3, $4, 'in', $5, $6, $7, 'system', $8, $9) ON CONFLICT (chat_id, remote_id) DO NOTHING`,
    [id, account.userId, chat.chatId, remoteId, buddy?.buddyId ?? null, buddy?.name ?? '', text, at, revs.next()],
  );
  if (!rowCount) return;
  await touchConversation(context, chat.conversationId, { messageId: id, at, unread: 1, mentions: 0 });
}

/** The network says that we are in, or that the invitation is gone: there is nothing to answer any more. */
async function answered({ sql, revs }: Context, chat: KnownChat, joined: boolean): Promise<void> {
  const { rowCount } = await sql.query('UPDATE chats SET invited = false WHERE id = $1 AND invited', [chat.chatId]);
  if (!rowCount) return;
  await sql.query(
    `UPDATE conversations v SET rev = $3, archived = archived OR (NOT $2 AND request = 'pending'),
       request = CASE WHEN request <> 'pending' THEN request WHEN $2 THEN 'none' ELSE 'declined' END
     WHERE id = $1`,
    [chat.conversationId, joined, revs.next()],
  );
}
