import type { Alert } from '../lib/api/types';
import { keptWords, type NotificationData, notificationOf } from '../lib/notifications';
import { bytesOf, newDevice } from '../lib/push-device';
import { ask } from './call';

declare const self: ServiceWorkerGlobalScope;

type Pushed = Alert & { badge?: number };
/** Chromium gives what was written into a notification. */
type Pressed = NotificationEvent & { reply?: string | null };

/** Shows what is pushed, and does what is asked of it without a page. */
export function takePushes(): void {
  self.addEventListener('push', (event) => event.waitUntil(show(event.data)));
  self.addEventListener('notificationclick', (event: Pressed) => event.waitUntil(press(event)));
  self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event)));
}

/**
 * The push service gave this browser another place to be told at, or will tell it no more: it subscribes anew, and the
 * server goes on there. Where it cannot be told now, the next page tells it.
 */
async function renew({ oldSubscription, newSubscription }: PushSubscriptionChangeEvent): Promise<void> {
  const answer = await ask('GET', '/push/key');
  if (!answer?.ok) return;
  const { publicKey }: { publicKey: string } = await answer.json();
  const subscribe = () =>
    self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(publicKey) });
  const body = newDevice(newSubscription ?? (await subscribe()));
  await ask('POST', '/push/subscriptions', { body: { ...body, replaces: oldSubscription?.endpoint } });
}

async function show(data: PushMessageData | null): Promise<void> {
  const pushed: Pushed | undefined = data?.json();
  if (!pushed) return;
  const words = await keptWords();
  const alone = notificationOf(pushed, words);
  const shown = await self.registration.getNotifications({ tag: alone.options.tag });
  const before = shown.reduce((sum, one) => sum + (dataOf(one)?.count ?? 0), 0);
  const { title, options } = before === 0 ? alone : notificationOf(pushed, words, before);
  await Promise.all([self.registration.showNotification(title, options), setBadge(pushed.badge)]);
}

async function setBadge(count: number | undefined): Promise<void> {
  if (count !== undefined) await self.navigator.setAppBadge?.(count).catch(() => {});
}

const dataOf = ({ data }: Notification): NotificationData | undefined => data ?? undefined;

async function press({ notification, action, reply }: Pressed): Promise<void> {
  const data = dataOf(notification);
  notification.close();
  if (!data) return;
  const { conversationId, messageId } = data;
  if (action === 'read' && messageId) {
    const done = await ask('PATCH', `/conversations/${conversationId}`, { body: { readMessageId: messageId } });
    return done?.ok ? undefined : open(conversationId);
  }
  const text = reply?.trim();
  if (action !== 'reply' || !text) return open(conversationId);
  const sent = await ask('POST', `/conversations/${conversationId}/messages`, { body: { text } });
  if (!sent?.ok) return notSent(conversationId, notification.title, text);
  if (messageId) await ask('PATCH', `/conversations/${conversationId}`, { body: { readMessageId: messageId } });
}

/** What was written is not lost: it stands in the notification, which opens the conversation. */
async function notSent(conversationId: string, title: string, text: string): Promise<void> {
  const words = await keptWords();
  const data: NotificationData = { conversationId, count: 0 };
  await self.registration.showNotification(title, {
    body: `${words.notSent}\n${text}`,
    tag: `n-${conversationId}`,
    data,
  });
}

/** In a window that is open already, or in a new one. */
async function open(conversationId: string): Promise<void> {
  const place = `/#/c/${conversationId}`;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const window = windows.find(({ focused }) => focused) ?? windows[0];
  if (!window) {
    await self.clients.openWindow(place);
    return;
  }
  window.postMessage({ type: 'open', conversationId });
  await window.focus().catch(() => {});
}
