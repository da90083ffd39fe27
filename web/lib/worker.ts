import { useSyncExternalStore } from 'react';

/** Not asked for more often than this while the page stays open. */
const askEveryMs = 60 * 60_000;
/** After the browser could not be asked. */
const askAgainMs = 5 * 60_000;
const firstTryMs = 5_000;
const lastTryMs = 10 * 60_000;

let registration: ServiceWorkerRegistration | null = null;
let askedAt = 0;
let asked = false;
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/**
 * Keeps the page itself in the browser, so that it opens without the network; where that fails it is tried again, ever
 * more seldom. Plain-HTTP servers have no such thing.
 */
export function startWorker(): void {
  if (!('serviceWorker' in navigator) || process.env.NODE_ENV !== 'production') return;
  navigator.serviceWorker.addEventListener('controllerchange', onNewVersion);
  void register();
}

async function register(): Promise<void> {
  try {
    registration = await navigator.serviceWorker.register('/worker.js');
    follow(registration.installing);
  } catch {
    // The page works as ever from the server.
    registration = null;
    return again();
  }
  askedAt = Date.now();
  registration.onupdatefound = () => follow(registration?.installing ?? null);
  tell();
}

/** One file that cannot be fetched fails the whole of a version. */
function follow(version: ServiceWorker | null): void {
  version?.addEventListener('statechange', () => {
    if (version.state === 'redundant' && !registration?.waiting && !registration?.active) again();
    tell();
  });
}

function again(): void {
  if (timer !== undefined) return;
  const wait = Math.min(lastTryMs, firstTryMs * 2 ** tries);
  tries += 1;
  timer = setTimeout(() => {
    timer = undefined;
    void register();
  }, wait);
}

/** After the server was away it may be a newer one. */
export function askForUpdate(): void {
  if (!registration || Date.now() - askedAt < askEveryMs) return;
  askedAt = Date.now();
  registration.update().catch(() => {
    askedAt = Date.now() - askEveryMs + askAgainMs;
  });
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
