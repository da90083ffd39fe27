import type { Element } from '@xmpp/client';
import type { BuddyInfo, ChatId, ChatInfo, Event } from '../../sdk/index.js';
import { type Jid, nameOf, personBuddy, readJid } from './ids.js';
import type { Memory } from './memory.js';
import { ns } from './ns.js';
import { visible } from './wire.js';

const maxWaiting = 1_000;

export type InvitationPorts = {
  memory: Memory;
  /** Rooms we are asked into, with the password that came along, or the empty text. */
  invited: Map<string, string>;
  isIn(room: string): boolean;
  /** Whether an address is surely no room's: an invitation must not turn a chat with a person into one. */
  isPerson(jid: string): boolean;
};

export const chatOf = (jid: ChatId, name: string | undefined): ChatInfo => ({
  ...{ id: jid, kind: 'group', name: name || nameOf(jid) },
});

/** Says what invitation a message carries, from a person (XEP-0249) or by way of the room; undefined for none. */
export function readInvitation(message: Element, from: Jid, ports: InvitationPorts): Event[] | undefined {
  const mediated = message.getChild('x', ns.mucUser);
  const invite = mediated?.getChild('invite');
  const direct = message.getChild('x', ns.invitation);
  if (!invite && !direct) return undefined;
  const room = invite ? from : readJid(direct?.attrs.jid);
  const inviter = invite ? readJid(invite.attrs.from) : from;
  if (!room?.local || room.resource !== '' || message.attrs.type === 'error') return [];
  if (ports.isIn(room.bare) || ports.isPerson(room.bare) || (!invite && room.bare === from.bare)) return [];
  const password = invite ? mediated?.getChildText('password') : direct?.attrs.password;
  const { invited, memory } = ports;
  if (!invited.has(room.bare) && invited.size >= maxWaiting) return [];
  invited.set(room.bare, (password ?? '').slice(0, 500));
  const saved = memory.room(room.bare);
  const text = visible((invite ? invite.getChildText('reason') : direct?.attrs.reason) ?? '', 500);
  const who = inviter && inviter.local !== '' ? inviterOf(inviter, room) : undefined;
  const detail = { ...(who && { from: who }), ...(text !== '' && { text }) };
  return [{ type: 'chat', chat: chatOf(room.bare, saved?.name), invite: detail }];
}

/** Some rooms name who invites by their nickname in the room. */
function inviterOf(inviter: Jid, room: Jid): BuddyInfo {
  if (inviter.bare !== room.bare) return personBuddy(inviter.bare);
  return { id: inviter.full, address: inviter.full, name: inviter.resource || nameOf(room.bare) };
}
