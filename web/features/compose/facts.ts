import type { Capabilities } from '../../lib/api/types';
import type { IconName } from '../../ui/icons';
import { networkName } from '../../ui/network-glyph';
import type { Way } from './ways';

/** What holds for everything sent there, whatever is written: known before anything is typed. */
export type Fact = { key: string; text: string; icon?: IconName; full?: string };

type Rule = { key: string; text: string; full: string; holds: (can: Capabilities, several: boolean) => boolean };

const rules: Rule[] = [
  {
    key: 'edits',
    text: 'no edits',
    full: 'What is sent cannot be edited',
    holds: (can) => !can.edits,
  },
  {
    key: 'delivered',
    text: 'no word of delivery',
    full: 'You will not see whether it was delivered or read',
    holds: (can, several) => can.send.proves === 'sent' && !several,
  },
  {
    key: 'read',
    text: 'no word of reading',
    full: 'You will not see whether it was read',
    holds: (can, several) => can.send.proves === 'delivered' || (can.send.proves === 'sent' && several),
  },
  {
    key: 'files',
    text: 'no files',
    full: 'Files cannot be sent',
    holds: (can) => can.send.attachments === 'rejected' || can.send.attachments === 'dropped',
  },
  {
    key: 'links',
    text: 'files as links',
    full: 'Files are sent as links to them',
    holds: (can) => can.send.attachments === 'fallback',
  },
];

/** With several targets each fact says whose it is, unless it is that of all. */
export function factsOf(ways: Way[]): Fact[] {
  if (ways.length === 0) return [];
  const facts = [lockOf(ways)];
  for (const { key, text, full, holds } of rules) {
    const whose = ways.filter((way) => holds(way.can, ways.length > 1));
    if (whose.length === 0) continue;
    const where =
      whose.length === ways.length ? '' : ` by ${whose.map((way) => networkName(way.account.network)).join(', ')}`;
    facts.push({ key, text: text + where, full: full + where });
  }
  return facts;
}

function lockOf(ways: Way[]): Fact {
  const locked = ways.filter((way) => way.encrypted);
  if (locked.length === ways.length) return { key: 'lock', icon: 'lock', text: 'End-to-end encrypted' };
  if (locked.length === 0) return { key: 'lock', icon: 'unlock', text: 'Not end-to-end encrypted' };
  const names = locked.map((way) => networkName(way.account.network)).join(', ');
  return { key: 'lock', icon: 'unlock', text: `End-to-end encrypted only by ${names}` };
}
