import { useSyncExternalStore } from 'react';

/** Not asked for more often than this while the page stays open. */
const askEveryMs = 60 * 60_000;

let registration: ServiceWorkerRegistration | null = null;
let askedAt = 0;
let asked = false;
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** Keeps the page itself in the browser, so that it opens without the network. Plain-HTTP servers have no such thing. */
export async function registerWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || process.env.NODE_ENV !== 'production') return;
  try {
    registration = await navigator.serviceWorker.register('/worker.js');
    const watch = () => registration?.installing?.addEventListener('statechange', tell);
    watch();
    registration.addEventListener('updatefound', watch);
  } catch {
    // The page works as ever from the server.
    registration = null;
    return;
  }
  askedAt = Date.now();
  navigator.serviceWorker.addEventListener('controllerchange', onNewVersion);
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

/** A window nobody looks at goes on with it at once; one that did not ask for it, when its user looks away. */
function onNewVersion(): void {
  if (asked || document.hidden) location.reload();
  else document.addEventListener('visibilitychange', () => location.reload(), { once: true });
}

/** Goes on with the newer version. */
export function takeUpdate(): void {
  const waiting = registration?.waiting;
  if (!waiting) {
    location.reload();
    return;
  }
  asked = true;
  waiting.postMessage({ type: 'SKIP_WAITING' });
}
