import type { Alert } from './api/types';

/** What notifications say besides the words of others. The page leaves them here, in its language, for the worker. */
export type NotificationWords = {
  lang: string;
  dir: 'ltr' | 'rtl';
  newMessage: string;
  newMessages: string;
  reminder: string;
  snoozed: string;
  file: string;
  reply: string;
  replyPlaceholder: string;
  markRead: string;
  notSent: string;
};

const english: NotificationWords = {
  lang: 'en',
  dir: 'ltr',
  newMessage: 'New message',
  newMessages: 'Several new messages',
  reminder: 'Reminder',
  snoozed: 'Back from snooze',
  file: 'File',
  reply: 'Reply',
  replyPlaceholder: 'Write an answer',
  markRead: 'Mark as read',
  notSent: 'Your answer could not be sent. Open the conversation to try again.',
};

const cacheName = 'parley-words';
const place = '/notification-words';

export async function keepWords(words: NotificationWords): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.put(place, Response.json(words));
}

export async function keptWords(): Promise<NotificationWords> {
  try {
    const kept = await (await caches.open(cacheName)).match(place);
    return kept ? { ...english, ...((await kept.json()) as Partial<NotificationWords>) } : english;
  } catch {
    return english;
  }
}

/** What a notification remembers, for when it is pressed. */
export type NotificationData = { conversationId: string; messageId?: string; count: number };

type Action = { action: string; title: string; type?: 'text'; placeholder?: string };
/** More than the standard's: what browsers take beyond it. */
export type Shown = {
  title: string;
  options: NotificationOptions & { renotify?: boolean; timestamp?: number; actions?: Action[] };
};

/** One a conversation: a newer one takes its place, and says how many it stands for. */
export function notificationOf(alert: Alert, words: NotificationWords, before = 0): Shown {
  const count = before + alert.count;
  const many = count > 1 && alert.is === 'message';
  const data: NotificationData = { conversationId: alert.conversationId, messageId: alert.messageId, count };
  return {
    title: titleOf(alert, words),
    options: {
      body: many && alert.title ? `${words.newMessages} (${count})\n${bodyOf(alert, words)}` : bodyOf(alert, words),
      tag: `${alert.is === 'message' ? 'm' : 'r'}-${alert.conversationId}`,
      renotify: true,
      timestamp: Date.parse(alert.at),
      icon: '/icons/192.png',
      badge: '/icons/badge-96.png',
      lang: words.lang,
      dir: words.dir,
      data,
      actions:
        alert.is === 'message'
          ? [
              { action: 'reply', title: words.reply, type: 'text', placeholder: words.replyPlaceholder },
              { action: 'read', title: words.markRead },
            ]
          : [],
    },
  };
}

function titleOf({ is, title }: Alert, words: NotificationWords): string {
  if (is === 'message') return title ?? 'Parley';
  const what = is === 'reminder' ? words.reminder : words.snoozed;
  return title ? `${what}: ${title}` : what;
}

function bodyOf({ is, title, sender, text, files }: Alert, words: NotificationWords): string {
  if (title === undefined) return is === 'message' ? words.newMessage : '';
  const said = text ?? (files ? words.file : is === 'message' ? words.newMessage : '');
  return sender ? `${sender}: ${said}` : said;
}
