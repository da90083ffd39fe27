import type { Account, Channel, Contact } from '../../lib/api/types';
import { channelName } from '../compose/ways';
import { channelsTo } from './reach';

/** The channels that lead to somebody, in words: "IM, email". */
export function ReachMarks({ contact, accounts }: { contact: Contact; accounts: Account[] }) {
  return <ChannelWords channels={channelsTo(contact, accounts)} />;
}

export function ChannelWords({ channels }: { channels: readonly Channel[] }) {
  if (channels.length === 0) return null;
  const words = channels.map((channel) => channelName[channel]).join(', ');
  return <span className="channel-words">{words.charAt(0).toUpperCase() + words.slice(1)}</span>;
}
