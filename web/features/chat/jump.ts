import type { Message } from '../../lib/api/types';
import { go, link } from '../../lib/router';
import { openBeside } from '../shell/panes';

/** A message the next look at its conversation begins with. */
let wanted: Message | null = null;
const listeners = new Set<() => void>();

/** Opens the conversation at this message; `apart`: beside those that are open. */
export function showMessage(message: Message, apart = false): void {
  wanted = message;
  if (apart) openBeside(message.conversationId);
  else go(link.conversation(message.conversationId));
  for (const listener of listeners) listener();
}

/** Takes the wish for this conversation, once. */
export function takeWanted(conversationId: string): Message | null {
  if (wanted?.conversationId !== conversationId) return null;
  const message = wanted;
  wanted = null;
  return message;
}

export function onWanted(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
