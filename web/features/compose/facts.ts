import type { Capabilities } from '../../lib/api/types';
import { type PlainText, t } from '../../lib/i18n';
import type { IconName } from '../../ui/icons';
import { networkName } from '../../ui/network-glyph';
import type { Way } from './ways';

/** What holds for everything sent there, whatever is written: known before anything is typed. */
export type Fact = { key: string; text: string; icon?: IconName; full?: string };

type Rule = { key: string; text: PlainText; full: PlainText; holds: (can: Capabilities, several: boolean) => boolean };

const rules: Rule[] = [
  {
    key: 'edits',
    text: 'compose.no-edits',
    full: 'compose.no-edits-full',
    holds: (can) => !can.edits,
  },
  {
    key: 'delivered',
    text: 'compose.no-delivery',
    full: 'compose.no-delivery-full',
    holds: (can, several) => can.send.proves === 'sent' && !several,
  },
  {
    key: 'read',
    text: 'compose.no-reading',
    full: 'compose.no-reading-full',
    holds: (can, several) => can.send.proves === 'delivered' || (can.send.proves === 'sent' && several),
  },
  {
    key: 'files',
    text: 'compose.no-files',
    full: 'compose.no-files-full',
    holds: (can) => can.send.attachments === 'rejected' || can.send.attachments === 'dropped',
  },
  {
    key: 'links',
    text: 'compose.files-as-links',
    full: 'compose.files-as-links-full',
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
    const networks = whose.map((way) => networkName(way.account.network)).join(', ');
    const where = (fact: string) => (whose.length === ways.length ? fact : t('compose.fact-by', { fact, networks }));
    facts.push({ key, text: where(t(text)), full: where(t(full)) });
  }
  return facts;
}

function lockOf(ways: Way[]): Fact {
  const locked = ways.filter((way) => way.encrypted);
  if (locked.length === ways.length) return { key: 'lock', icon: 'lock', text: t('compose.encrypted') };
  if (locked.length === 0) return { key: 'lock', icon: 'unlock', text: t('compose.not-encrypted') };
  const names = locked.map((way) => networkName(way.account.network)).join(', ');
  return { key: 'lock', icon: 'unlock', text: t('compose.encrypted-only', { networks: names }) };
}
