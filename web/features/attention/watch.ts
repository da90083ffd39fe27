import type { Alert } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { notificationOf } from '../../lib/notifications';
import { renewPush } from '../../lib/push';
import { go, link } from '../../lib/router';
import { settings } from '../../lib/settings';
import { onAlerts } from '../../lib/sync/alerts';
import { isLooked } from '../../lib/sync/looking';
import { notify } from '../../ui/notice';
import { isShown } from '../shell/panes';
import { play } from './sound';
import { keepNotificationWords, notificationWords } from './words';

/** What comes within this time of a sound makes none of its own. */
const soundRestMs = 1000;
let soundsAgainAt = 0;

/** Tells the person at this window of what comes in, and does what pressed notifications ask. Answers how to end it. */
export function watchAttention(): () => void {
  keepNotificationWords()
    .then(renewPush)
    .catch(() => {});
  const end = onAlerts((alerts) => {
    for (const alert of alerts) tell(alert);
  });
  const onMessage = ({ data }: MessageEvent) => {
    if (data?.type === 'open' && typeof data.conversationId === 'string') go(link.conversation(data.conversationId));
  };
  navigator.serviceWorker?.addEventListener('message', onMessage);
  return () => {
    end();
    navigator.serviceWorker?.removeEventListener('message', onMessage);
  };
}

function tell(alert: Alert): void {
  const looked = isLooked();
  if (looked && isShown(alert.conversationId) && alert.is === 'message') return;
  if (looked && alert.is !== 'message') {
    remind(alert);
    return;
  }
  if (settings().sound ?? true) sound(alert);
  if (!looked) void show(alert);
}

/** What comes thick and fast is heard once. */
function sound(alert: Alert): void {
  const now = performance.now();
  if (now < soundsAgainAt) return;
  soundsAgainAt = now + soundRestMs;
  void once(alert, play);
}

function remind(alert: Alert): void {
  const what = alert.is === 'reminder' ? t('attention.reminder') : t('attention.back');
  const about = [alert.title, alert.text].filter(Boolean).join(': ');
  notify(about ? `${what}: ${about}` : what, {
    label: t('attention.show'),
    run: () => go(link.conversation(alert.conversationId)),
  });
}

/** By one window alone, of those that are open. */
async function once(alert: Alert, run: () => void): Promise<void> {
  const name = `parley-alert-${alert.conversationId}-${alert.at}`;
  await navigator.locks?.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    run();
    await new Promise((resolve) => setTimeout(resolve, 1000));
  });
}

/** Without a service worker (a server without TLS) there are no notifications of this kind. */
async function show(alert: Alert): Promise<void> {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  const registration = await navigator.serviceWorker?.getRegistration();
  const { title, options } = notificationOf(alert, notificationWords());
  await registration?.showNotification(title, { ...options, silent: true }).catch(() => {});
}
