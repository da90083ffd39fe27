import type { Element } from '@xmpp/client';
import type { ChatId, ChatInfo, Event } from '../../sdk/index.js';
import { type Jid, nameOf, personBuddy, readJid } from './ids.js';
import type { Memory } from './memory.js';
import { ns } from './ns.js';
import { visible } from './wire.js';

const maxWaiting = 1_000;

export type InvitationPorts = {
  memory: Memory;
  /** What invitations brought along; outlives the session. */
  passwords: Map<string, string>;
  isIn(room: string): boolean;
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
  if (ports.isIn(room.bare)) return [];
  const password = invite ? mediated?.getChildText('password') : direct?.attrs.password;
  const { passwords, memory } = ports;
  if (password && passwords.size < maxWaiting) passwords.set(room.bare, password.slice(0, 500));
  const saved = memory.room(room.bare);
  if (!saved) memory.setRoom({ jid: room.bare, joined: false });
  const text = visible((invite ? invite.getChildText('reason') : direct?.attrs.reason) ?? '', 500);
  const who = inviter && inviter.local !== '' ? personBuddy(inviter.bare) : undefined;
  const detail = { ...(who && { from: who }), ...(text !== '' && { text }) };
  return [{ type: 'chat', chat: chatOf(room.bare, saved?.name), invite: detail }];
}
