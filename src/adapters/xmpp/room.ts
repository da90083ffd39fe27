import type { Element } from '@xmpp/client';
import { type BuddyInfo, type ChatInfo, limits, type Member } from '../../sdk/index.js';
import { nameOf, readJid } from './ids.js';
import type { RoomView } from './inbound.js';
import { ns } from './ns.js';

export type Occupant = {
  nick: string;
  jid: string | undefined;
  id: string | undefined;
  role: string;
  affiliation: string;
  away: boolean;
};

const roles: Record<string, Member['role']> = { owner: 'owner', admin: 'admin' };

/** One room we are in, or are entering: who is in it, and what it can do. */
export class Room implements RoomView {
  readonly occupants = new Map<string, Occupant>();
  is: 'out' | 'entering' | 'in' = 'out';
  nick: string;
  name: string | undefined;
  occupant: string | undefined;
  membersOnly = false;
  hasArchive = false;
  givesIds = false;

  constructor(
    readonly jid: string,
    nick: string,
    name: string | undefined,
  ) {
    this.nick = nick;
    this.name = name;
  }

  info(): ChatInfo {
    return { id: this.jid, kind: 'group', name: this.name || nameOf(this.jid) };
  }

  withCount(): ChatInfo {
    return { ...this.info(), memberCount: this.occupants.size };
  }

  buddy(nick: string, occupant: string | undefined): BuddyInfo {
    if (nick === '') return { id: this.jid, address: this.jid, name: this.name || nameOf(this.jid) };
    const id = occupant ?? this.occupants.get(nick)?.id;
    const address = `${this.jid}/${nick}`;
    return { id: id === undefined ? address : `${this.jid}#${id}`, address, name: nick };
  }

  /** Takes who is there from a presence; answers the nick somebody changes to. */
  see(stanza: Element, nick: string): void {
    if (stanza.attrs.type === 'unavailable') return void this.occupants.delete(nick);
    if (!this.occupants.has(nick) && this.occupants.size >= limits.members) return;
    const item = stanza.getChild('x', ns.mucUser)?.getChild('item');
    this.occupants.set(nick, {
      ...{
        nick,
        jid: readJid(item?.attrs.jid)?.bare,
        id: stanza.getChild('occupant-id', ns.occupantId)?.attrs.id?.slice(0, 100),
      },
      role: item?.attrs.role ?? 'participant',
      affiliation: item?.attrs.affiliation ?? 'none',
      away: /^(away|xa|dnd)$/.test(stanza.getChildText('show') ?? ''),
    });
  }

  members(): Member[] {
    return [...this.occupants.values()].map(({ nick, id, role, affiliation, away }) => ({
      buddy: this.buddy(nick, id),
      role: roles[affiliation] ?? (role === 'moderator' ? 'moderator' : role === 'visitor' ? 'member' : 'member'),
      presence: away ? 'away' : 'online',
    }));
  }
}

/** The status codes of a room's presence (XEP-0045, 15.6). */
export const statuses = (stanza: Element): Set<string> =>
  new Set(
    (stanza.getChild('x', ns.mucUser)?.getChildren('status') ?? []).slice(0, 20).map(({ attrs }) => attrs.code ?? ''),
  );

const removals: Record<string, string> = {
  '301': 'You were banned from the room',
  '307': 'You were removed from the room',
  '321': 'You were removed from the room, because you are no longer a member',
  '322': 'You were removed from the room, because it is now for members only',
};

/** In words, why we are no longer in a room; undefined where we left or the service went away. */
export function removal(stanza: Element): string | undefined {
  const x = stanza.getChild('x', ns.mucUser);
  const codes = statuses(stanza);
  const destroyed = x?.getChild('destroy');
  if (destroyed) return withReason('The room was closed for good', destroyed, undefined);
  const code = Object.keys(removals).find((one) => codes.has(one));
  const item = x?.getChild('item');
  return code === undefined ? undefined : withReason(removals[code] ?? '', item, item?.getChild('actor'));
}

function withReason(words: string, item: Element | undefined, actor: Element | undefined): string {
  const by = actor?.attrs.nick ?? '';
  const reason = item?.getChildText('reason') ?? '';
  return `${words}${by === '' ? '' : ` by ${by.slice(0, 100)}`}${reason === '' ? '' : `: ${reason.slice(0, 500)}`}`.toWellFormed();
}
