import { ApiError, call } from './api/client';
import { store } from './sync/store';

/** Whether this browser can be told of messages while no page is open. */
export const canPush = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window && window.isSecureContext;

const idKey = (userId: string): string => `parley.device.${userId}`;

/** The server's name for this browser, if it tells it of messages. */
export const ownDevice = (): string | null => localStorage.getItem(idKey(store.user?.id ?? ''));

/** Asks the person, then the browser, then the server. Answers false where the person said no. @throws ApiError */
export async function turnPushOn(): Promise<boolean> {
  if ((await Notification.requestPermission()) !== 'granted') return false;
  const registration = await navigator.serviceWorker.ready;
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
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  if (subscription) await tell(subscription);
  else await turnPushOn();
}

async function tell(subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  if (!endpoint || !keys?.p256dh || !keys.auth) throw new Error('this browser gave no subscription');
  const body = { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth }, device: deviceName() };
  const { id } = await call('addDevice', { body });
  localStorage.setItem(idKey(store.user?.id ?? ''), id);
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

function sameKey({ options }: PushSubscription, wanted: Uint8Array): boolean {
  const key = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return key.length === wanted.length && key.every((byte, index) => byte === wanted[index]);
}

/** "Firefox on Android", as far as the browser says. */
export function deviceName(agent: string = navigator.userAgent): string {
  const first = (names: [RegExp, string][], other: string) => names.find(([sign]) => sign.test(agent))?.[1] ?? other;
  const browser = first(
    [
      [/Edg/, 'Edge'],
      [/OPR|Opera/, 'Opera'],
      [/Firefox|FxiOS/, 'Firefox'],
      [/Chrom|CriOS/, 'Chrome'],
      [/Safari/, 'Safari'],
    ],
    'Browser',
  );
  const system = first(
    [
      [/Android/, 'Android'],
      [/iPhone|iPad/, 'iOS'],
      [/Windows/, 'Windows'],
      [/Mac OS/, 'macOS'],
      [/CrOS/, 'ChromeOS'],
      [/Linux/, 'Linux'],
    ],
    '',
  );
  return system ? `${browser}, ${system}` : browser;
}
