import { useSyncExternalStore } from 'react';

/** Not asked for more often than this while the page stays open. */
const askEveryMs = 60 * 60_000;

let registration: ServiceWorkerRegistration | null = null;
let askedAt = 0;
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** Keeps the page itself in the browser, so that it opens without the network. Plain-HTTP servers have no such thing. */
export async function registerWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || process.env.NODE_ENV !== 'production') return;
  try {
    registration = await navigator.serviceWorker.register('/worker.js');
    registration.addEventListener('updatefound', () => registration?.installing?.addEventListener('statechange', tell));
  } catch {
    // The page works as ever from the server.
    registration = null;
    return;
  }
  askedAt = Date.now();
  tell();
}

/** After the server was away it may be a newer one. */
export function askForUpdate(): void {
  if (!registration || Date.now() - askedAt < askEveryMs) return;
  askedAt = Date.now();
  registration.update().catch(() => {});
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A newer version is there, and an older one is in use. */
export const useUpdateReady = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => Boolean(registration?.waiting && registration.active),
    () => false,
  );

/** Goes on with the newer version, in every window. */
export function takeUpdate(): void {
  const waiting = registration?.waiting;
  if (!waiting) {
    location.reload();
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage({ type: 'SKIP_WAITING' });
}
