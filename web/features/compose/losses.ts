import type { Attachment } from '../../lib/api/types';
import { smsParts } from '../../lib/text';
import { networkName } from '../../ui/network-glyph';
import type { Way } from './ways';

export type Remark = { text: string; stops?: boolean };
type Draft = { text: string; attachments: Attachment[]; replies: boolean };

/** What the networks in question will not carry, in short sentences. */
export function remarks(draft: Draft, ways: Way[]): Remark[] {
  const out: Remark[] = [];
  for (const way of ways) {
    const { send } = way.account.capabilities;
    const name = networkName(way.account.network);
    if (draft.text.length > send.maxLength) {
      out.push({ text: `Too long for ${name}: ${draft.text.length} of ${send.maxLength} characters`, stops: true });
    }
    if (draft.attachments.length > 0) {
      if (send.attachments === 'rejected') out.push({ text: `${name} takes no files`, stops: ways.length === 1 });
      if (send.attachments === 'dropped') out.push({ text: `${name} leaves the files out` });
      if (send.attachments === 'fallback') out.push({ text: `${name} gets links to the files` });
    }
    if (draft.replies && send.replies === 'dropped') out.push({ text: `${name} will not show what you reply to` });
    if (way.channel === 'sms' && draft.text.length > 0) {
      const parts = smsParts(draft.text);
      if (parts > 1) out.push({ text: `${parts} SMS parts` });
    }
  }
  const away = ways.filter(({ account }) => account.state.is !== 'online' && account.state.is !== 'backfilling');
  if (away.length > 0) {
    const names = away.map((way) => way.account.name).join(' and ');
    out.push({
      text: `${names} ${away.length > 1 ? 'are' : 'is'} not connected; ${away.length < ways.length ? 'that part' : 'it'} goes out later`,
    });
  }
  return out;
}
