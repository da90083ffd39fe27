import { useSyncExternalStore } from 'react';

/** Chromium's, until it is in the standard. */
type InstallPrompt = Event & { prompt: () => Promise<unknown> };
const isPrompt = (event: Event): event is InstallPrompt => 'prompt' in event;

let offered: InstallPrompt | null = null;
const listeners = new Set<() => void>();

function set(next: InstallPrompt | null): void {
  offered = next;
  for (const listener of listeners) listener();
}

/** Keeps the browser's offer to install for whoever looks for it in the settings, instead of a banner. */
export function keepInstallOffer(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    if (isPrompt(event)) set(event);
  });
  window.addEventListener('appinstalled', () => set(null));
}

export const useInstallable = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => offered !== null,
    () => false,
  );

export function install(): void {
  offered?.prompt().catch(() => {});
  set(null);
}
