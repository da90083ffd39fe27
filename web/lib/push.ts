import { ApiError, call } from './api/client';
import { t } from './i18n';
import { bytesOf, newDevice } from './push-device';
import { store } from './sync/store';

/** Installing fetches the whole page. */
const readyMs = 20_000;

/** Whether this browser can be told of messages while no page is open. */
export const canPush = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window && window.isSecureContext;

const idKey = (userId: string): string => `parley.device.${userId}`;

/** The server's name for this browser, if it tells it of messages. */
export const ownDevice = (): string | null => localStorage.getItem(idKey(store.user?.id ?? ''));

/** Asks the person, then the browser, then the server. Answers false where the person said no. @throws ApiError */
export async function turnPushOn(): Promise<boolean> {
  if ((await Notification.requestPermission()) !== 'granted') return false;
  const registration = await worker();
  const { publicKey } = await call('pushKey', {});
  const wanted = bytesOf(publicKey);
  const known = await registration.pushManager.getSubscription();
  if (known && !sameKey(known, wanted)) await known.unsubscribe();
  await tell(await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted }));
  return true;
}

/** Takes this browser off, here and at the server. */
export async function turnPushOff(): Promise<void> {
  const id = ownDevice();
  const registration = await navigator.serviceWorker?.getRegistration();
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  localStorage.removeItem(idKey(store.user?.id ?? ''));
  if (id === null) return;
  await call('removeDevice', { params: { id } }).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  });
}

/** Browsers renew subscriptions by themselves: the server is told where it stands now. */
export async function renewPush(): Promise<void> {
  if (!canPush() || ownDevice() === null || Notification.permission !== 'granted') return;
  const registration = await worker();
  const subscription = await registration.pushManager.getSubscription();
  if (subscription) await tell(subscription);
  else await turnPushOn();
}

async function tell(subscription: PushSubscription): Promise<void> {
  const { id } = await call('addDevice', { body: newDevice(subscription) });
  localStorage.setItem(idKey(store.user?.id ?? ''), id);
}

/** The one of this page, which is being installed at times. @throws Error where there is none within a while */
async function worker(): Promise<ServiceWorkerRegistration> {
  const tooLate = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error(t('attention.no-worker'))), readyMs),
  );
  return Promise.race([navigator.serviceWorker.ready, tooLate]);
}

function sameKey({ options }: PushSubscription, wanted: Uint8Array): boolean {
  const key = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return key.length === wanted.length && key.every((byte, index) => byte === wanted[index]);
}
