import type { Attachment } from '../../lib/api/types';
import { plural } from '../../lib/format';
import { smsParts } from '../../lib/text';
import { networkName } from '../../ui/network-glyph';
import type { Way } from './ways';

export type Remark = { text: string; stops?: boolean };
type Draft = { text: string; attachments: Attachment[]; replies: boolean; formatted: boolean };

/** From here on the room left is counted. */
const near = 0.8;

/** What the networks in question will make of this draft, in short sentences. */
export function remarks(draft: Draft, ways: Way[]): Remark[] {
  return [...ways.flatMap((way) => remarksOf(draft, way, ways.length === 1)), ...away(ways)];
}

function remarksOf(draft: Draft, way: Way, only: boolean): Remark[] {
  const { send } = way.can;
  const name = networkName(way.account.network);
  const out: Remark[] = [];
  const { length } = draft.text;
  if (length > send.maxLength) {
    out.push({ text: `Too long for ${name}: ${length} of ${send.maxLength} characters`, stops: true });
  } else if (length > send.maxLength * near) {
    out.push({ text: `${plural(send.maxLength - length, 'character')} left for ${name}` });
  }
  if (draft.attachments.length > 0) {
    if (send.attachments === 'rejected') out.push({ text: `${name} takes no files`, stops: only });
    if (send.attachments === 'dropped') out.push({ text: `${name} leaves the files out` });
    if (send.attachments === 'fallback') out.push({ text: `${name} gets links to the files` });
    if (send.attachments === 'partial') out.push({ text: `${name} takes some kinds of files only` });
  }
  if (draft.replies) {
    if (send.replies !== 'full' && send.replies !== 'partial')
      out.push({ text: `${name} shows what you reply to as a quote` });
  }
  if (draft.formatted && length > 0) {
    if (send.formatting === 'dropped' || send.formatting === 'rejected')
      out.push({ text: `${name} leaves the formatting out` });
    if (send.formatting === 'fallback') out.push({ text: `${name} shows the formatting as signs` });
    if (send.formatting === 'partial') out.push({ text: `${name} shows some of the formatting` });
  }
  if (way.channel === 'sms' && length > 0) {
    const parts = smsParts(draft.text);
    if (parts > 1) out.push({ text: `${parts} SMS parts` });
  }
  return out;
}

function away(ways: Way[]): Remark[] {
  const off = ways.filter(({ account }) => account.state.is !== 'online' && account.state.is !== 'backfilling');
  if (off.length === 0) return [];
  const names = off.map((way) => way.account.name).join(' and ');
  const part = off.length < ways.length ? 'that part' : 'it';
  return [{ text: `${names} ${off.length > 1 ? 'are' : 'is'} not connected; ${part} goes out later` }];
}
