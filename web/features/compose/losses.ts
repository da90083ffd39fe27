import type { Attachment } from '../../lib/api/types';
import { locale, t } from '../../lib/i18n';
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
    out.push({ text: t('compose.too-long', { name, length, most: send.maxLength }), stops: true });
  } else if (length > send.maxLength * near) {
    out.push({ text: t('compose.left', { name, count: send.maxLength - length }) });
  }
  if (draft.attachments.length > 0) {
    if (send.attachments === 'rejected') out.push({ text: t('compose.takes-no-files', { name }), stops: only });
    if (send.attachments === 'dropped') out.push({ text: t('compose.leaves-files-out', { name }) });
    if (send.attachments === 'fallback') out.push({ text: t('compose.gets-links', { name }) });
    if (send.attachments === 'partial') out.push({ text: t('compose.some-files', { name }) });
  }
  if (draft.replies) {
    if (send.replies !== 'full' && send.replies !== 'partial') out.push({ text: t('compose.as-quote', { name }) });
  }
  if (draft.formatted && length > 0) {
    if (send.formatting === 'dropped' || send.formatting === 'rejected')
      out.push({ text: t('compose.formatting-out', { name }) });
    if (send.formatting === 'fallback') out.push({ text: t('compose.formatting-signs', { name }) });
    if (send.formatting === 'partial') out.push({ text: t('compose.formatting-some', { name }) });
  }
  return out;
}

function away(ways: Way[]): Remark[] {
  const off = ways.filter(({ account }) => account.state.is !== 'online' && account.state.is !== 'backfilling');
  if (off.length === 0) return [];
  const names = new Intl.ListFormat(locale()).format(off.map((way) => way.account.name));
  const count = off.length;
  return [{ text: t(count < ways.length ? 'compose.partly-away' : 'compose.away', { names, count }) }];
}
