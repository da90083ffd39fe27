import type { AttentionSettings } from './settings.js';
import type { Due, NewMessage } from './store.js';

/**
 * What devices and open windows are told. Without `text` the user does not want it on lock screens, or there is none:
 * then it is a file, if `files` says so.
 */
export type Alert = {
  is: 'message' | 'reminder' | 'snooze';
  conversationId: string;
  messageId?: string;
  /** Absent where nothing is to be seen of it. */
  title?: string;
  sender?: string;
  text?: string;
  files?: number;
  /** How many messages it stands for. */
  count: number;
  mentioned?: boolean;
  at: string;
};

const TEXT_LENGTH = 240;
const NAME_LENGTH = 80;
const cut = (text: string, most: number): string =>
  (text.length > most ? `${text.slice(0, most)}…` : text).toWellFormed();

/** One for each conversation, that with the newest message last. */
export function messageAlerts(messages: readonly NewMessage[], settings: AttentionSettings): Alert[] {
  const byConversation = Map.groupBy(messages, ({ conversationId }) => conversationId);
  return [...byConversation.values()].map((of) => alertOf(of, settings)).sort((a, b) => (a.at < b.at ? -1 : 1));
}

function alertOf(messages: NewMessage[], settings: AttentionSettings): Alert {
  const last = messages.reduce((one, other) => (other.at > one.at ? other : one));
  return {
    is: 'message',
    conversationId: last.conversationId,
    messageId: last.id,
    count: messages.length,
    at: new Date(last.at).toISOString(),
    ...(messages.some(({ mentioned }) => mentioned) ? { mentioned: true } : {}),
    ...shown({ ...last, sender: last.kind === 'direct' ? undefined : last.sender }, settings),
  };
}

export function dueAlert(due: Due, settings: AttentionSettings, now: number): Alert {
  return {
    is: due.is,
    conversationId: due.conversationId,
    ...(due.messageId === undefined ? {} : { messageId: due.messageId }),
    count: 1,
    at: new Date(now).toISOString(),
    ...shown(due, settings),
  };
}

type Words = { conversation: string; sender: string | undefined; text: string; files?: number };

/** Nothing of it, where the user does not want that. */
function shown({ conversation, sender, text, files = 0 }: Words, { preview }: AttentionSettings) {
  if (!preview) return {};
  const words = cut(text.trim(), TEXT_LENGTH);
  return {
    title: cut(conversation, NAME_LENGTH),
    ...(sender === undefined ? {} : { sender: cut(sender, NAME_LENGTH) }),
    ...(words === '' ? {} : { text: words }),
    ...(files === 0 ? {} : { files }),
  };
}
