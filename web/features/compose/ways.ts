import type {
  Account,
  Buddy,
  Capabilities,
  Channel,
  Chat,
  Contact,
  Conversation,
  PresenceState,
} from '../../lib/api/types';
import { t } from '../../lib/i18n';

/** One way to reach a person: an account of ours and their address on it, and what can be done there right now. */
export type Way = {
  account: Account;
  channel: Channel;
  address: string;
  presence: PresenceState;
  buddyId: string | null;
  can: Capabilities;
  encrypted: boolean;
  /** Why nothing may be written there. */
  closed: 'opted-out' | 'blocked' | null;
};

const rank: Record<PresenceState, number> = { online: 4, away: 3, dnd: 2, unknown: 1, offline: 0 };
export const channels: Channel[] = ['im', 'email', 'sms'];
/** As in the middle of a sentence. */
export const channelName: Readonly<Record<Channel, string>> = {
  im: 'IM',
  sms: 'SMS',
  get email() {
    return t('compose.email');
  },
};

function wayOf(account: Account, address: string, buddy?: Buddy, chat?: Chat): Way {
  return {
    account,
    channel: account.channel,
    address,
    presence: buddy?.presence.state ?? 'unknown',
    buddyId: buddy?.id ?? null,
    can: chat?.capabilities ?? account.capabilities,
    encrypted: chat?.encrypted ?? false,
    closed: buddy?.optedOut ? 'opted-out' : buddy?.blocked ? 'blocked' : null,
  };
}

/** Every way to a person, IM before email before SMS, the most available first; `chats` are those there are already. */
export function waysTo(contact: Contact, accounts: Account[], chats: Chat[] = []): Way[] {
  const byId = new Map(accounts.filter((account) => account.enabled).map((account) => [account.id, account]));
  const ways: Way[] = [];
  for (const buddy of contact.buddies) {
    const account = byId.get(buddy.accountId);
    const chat = chats.find((one) => one.buddyId === buddy.id && one.accountId === buddy.accountId);
    if (account) ways.push(wayOf(account, buddy.address, buddy, chat));
  }
  for (const { kind, value } of contact.addresses) {
    const channel = kind === 'email' ? 'email' : 'sms';
    const account = [...byId.values()].find((one) => one.channel === channel);
    const known = ways.some((way) => way.channel === channel && way.address === value);
    if (account && !known) ways.push(wayOf(account, value));
  }
  return ways.sort(
    (a, b) => channels.indexOf(a.channel) - channels.indexOf(b.channel) || rank[b.presence] - rank[a.presence],
  );
}

/** The ways a conversation can be answered: those to its person, or its own chats. */
export function waysIn(conversation: Conversation, contact: Contact | undefined, accounts: Account[]): Way[] {
  if (conversation.kind === 'direct' && contact) {
    const ways = waysTo(contact, accounts, conversation.chats);
    if (ways.length > 0) return ways;
  }
  return conversation.chats.flatMap((chat) => {
    const account = accounts.find((one) => one.id === chat.accountId);
    return account ? [wayOf(account, chat.name, undefined, chat)] : [];
  });
}

/** The first way of each channel a person has, as a route would pick; closed ones only where there is no other at all. */
export function bestPerChannel(ways: Way[]): Way[] {
  const open = ways.filter((way) => way.closed === null);
  return channels.flatMap((channel) => (open.length > 0 ? open : ways).find((way) => way.channel === channel) ?? []);
}
