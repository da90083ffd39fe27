import { call } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { newKey } from '../../lib/new-key';
import { takeMessage } from '../../lib/sync/apply';

export type Outcome = { conversationId: string; problem?: string };
export type Wanted = { conversationIds: string[]; text: string; named: boolean };

export const inOrder = (messages: Message[]): Message[] =>
  [...messages].sort((a, b) => a.sentAt.localeCompare(b.sentAt) || a.id.localeCompare(b.id));

/** Passes messages on in their order; a word with them stands above the first. A place that refused one gets no more. */
export async function sendOn(messages: Message[], { conversationIds, text, named }: Wanted): Promise<Outcome[]> {
  const outcomes = new Map<string, Outcome>(conversationIds.map((id) => [id, { conversationId: id }]));
  for (const [index, { id }] of messages.entries()) {
    const open = [...outcomes.values()].filter((one) => one.problem === undefined).map((one) => one.conversationId);
    if (open.length === 0) break;
    const body = { conversationIds: open, named, ...(index === 0 && text ? { text } : {}) };
    const { items } = await call('forwardMessage', { params: { id }, body, idempotencyKey: newKey() });
    for (const { conversationId, message, problem } of items) {
      if (message) takeMessage(message);
      if (problem) outcomes.set(conversationId, { conversationId, problem: problem.detail });
    }
  }
  return [...outcomes.values()];
}

export function said(names: string[]): string {
  const [only] = names;
  return only !== undefined && names.length === 1
    ? t('forward.done', { name: only })
    : t('forward.done-many', { count: names.length });
}
