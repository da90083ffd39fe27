'use client';
import { go, link } from '../../lib/router';
import { changeSettings, settings, useSettings } from '../../lib/settings';
import { useLoaded, useValue } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { isGuided, nextStep } from './progress';

/** How far the user is, the same on all their devices. */
export function useGuide() {
  const { guide } = useSettings();
  const loaded = useLoaded();
  const accounts = useValue('accounts', () => store.accounts.size);
  const conversations = useValue('conversations', () => store.conversations.size);
  const known = { accounts, conversations };
  return { next: nextStep(known), guided: loaded && isGuided(guide, known), network: guide?.network ?? null };
}

/** Remembers which network was chosen, so that whoever comes back goes on with it. It is no matter where that fails. */
export function chooseFirst(network: string): void {
  const { guide } = settings();
  if (guide?.network !== network) void changeSettings({ guide: { ...guide, network } }).catch(() => {});
}

/** No more guidance. It fails no louder than that it is there again next time. */
export function leaveGuide(): void {
  void changeSettings({ guide: { ...settings().guide, hidden: true } }).catch(() => {});
  go(link.home);
}
