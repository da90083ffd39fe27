import { call, messageOf } from '../../lib/api/client';
import type { Capabilities, Conversation, Message } from '../../lib/api/types';
import { stamp } from '../../lib/format';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { takeDelivery, takeMessage } from '../../lib/sync/apply';
import { store } from '../../lib/sync/store';
import { notify } from '../../ui/notice';

/** What can be done with one message, where it stands now. */
export type Can = {
  copy: boolean;
  react: boolean;
  edit: boolean;
  remove: boolean;
  forward: boolean;
  mark: boolean;
  thread: boolean;
};

export const waits = ({ direction, status }: Message): boolean =>
  direction === 'out' && (status === 'queued' || status === 'sending');

/** The network knows it, so that it can be the beginning of something there. */
const onNetwork = ({ direction, status }: Message): boolean =>
  direction === 'in' || status === 'sent' || status === 'delivered' || status === 'read';

/** Where what belongs to a message's thread is written: the thread it is in, or the one it begins. */
export const threadOf = ({ conversationId, id, thread }: Message): string => link.thread(conversationId, thread ?? id);

export function canDo(message: Message, can: Capabilities | undefined): Can {
  const own = message.direction === 'out';
  const there = !message.deletedAt && message.format !== 'system';
  const readable = there && !message.unreadable;
  return {
    copy: readable && message.text.trim() !== '',
    react: there && can?.reactions === true,
    edit: readable && own && can?.edits === true,
    remove: there && own && (can?.deletions === true || waits(message)),
    forward: readable,
    mark: there,
    thread: there && (message.thread !== undefined || (can?.send.threads === 'full' && onNetwork(message))),
  };
}

/** Of the chat a message is in; of its account, where the chat is not among those of the conversation. */
export const capabilitiesOf = ({ chats }: Conversation, { chatId, accountId }: Message): Capabilities | undefined =>
  chats.find((chat) => chat.id === chatId)?.capabilities ?? store.accounts.get(accountId)?.capabilities;

/** Stars or pins messages, or takes that back; what went wrong is said at the foot of the page. */
export async function mark(messages: Message[], marks: { starred?: boolean; pinned?: boolean }): Promise<void> {
  try {
    for (const { id } of messages) takeMessage(await call('markMessage', { params: { id }, body: marks }));
  } catch (error) {
    notify(messageOf(error));
  }
}

export async function react(message: Message, emoji: string, on: boolean): Promise<void> {
  try {
    takeMessage(await call(on ? 'addReaction' : 'removeReaction', { params: { id: message.id, emoji } }));
  } catch (error) {
    notify(messageOf(error));
  }
}

/** Takes a message back, or stops what of it has not been sent. */
export async function removeMessage(message: Message): Promise<void> {
  takeMessage(await call('deleteMessage', { params: { id: message.id } }));
}

/** Tries every delivery of a message again that came to nothing. */
export async function retryMessage(message: Message): Promise<void> {
  const stuck = (message.deliveries ?? []).filter(({ status }) => status === 'failed' || status === 'unknown');
  try {
    for (const { id } of stuck) takeDelivery(await call('retryDelivery', { params: { id } }));
  } catch (error) {
    notify(messageOf(error));
  }
}

/** One message is its words; several are lines with who said it and when. */
export function asText(messages: Message[]): string {
  const [only] = messages;
  if (only && messages.length === 1) return only.text;
  return messages
    .filter((one) => !one.deletedAt && !one.unreadable)
    .map((one) => {
      const name = one.direction === 'out' ? t('message.you') : one.sender.name;
      const files = one.attachments.map((file) => `[${file.name}]`).join(' ');
      return `[${stamp(one.sentAt)}] ${name}: ${[one.text.trim(), files].filter(Boolean).join(' ')}`;
    })
    .join('\n');
}

export async function copyText(messages: Message[]): Promise<void> {
  try {
    await navigator.clipboard.writeText(asText(messages));
    notify(t('message.copied'));
  } catch {
    notify(t('message.copy-refused'));
  }
}
