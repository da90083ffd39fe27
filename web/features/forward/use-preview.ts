'use client';
import { call } from '../../lib/api/client';
import type { Answer, BodyInput, Message } from '../../lib/api/types';
import { type Previewed, usePreview } from '../../lib/api/use-preview';

export type ForwardPreview = Previewed<Answer<'previewForward'>['items']>;

type Asked = { id: string; body: BodyInput<'previewForward'> };

const settleMs = 250;

const askForward = ({ id, body }: Asked, signal: AbortSignal) =>
  call('previewForward', { params: { id }, body, signal }).then(({ items }) => items);

/** What each chosen place would get of a message, asked for anew as the choice changes. */
export function useForwardPreview(
  message: Message | undefined,
  chosen: ReadonlySet<string>,
  text: string,
  named: boolean,
): ForwardPreview {
  const words = text.trim();
  const asked =
    message && chosen.size > 0
      ? { id: message.id, body: { conversationIds: [...chosen], named, ...(words ? { text: words } : {}) } }
      : null;
  return usePreview(asked, askForward, settleMs);
}
