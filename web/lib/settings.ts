'use client';
import { call } from './api/client';
import type { UserSettings } from './api/types';
import { useStore } from './sync/hooks';
import { store } from './sync/store';
import { setUser } from './sync/user';

/** What holds where the user set nothing. */
const usual = {
  theme: 'system',
  contrast: 'system',
  density: 'comfortable',
  accent: 'teal',
  clock: 'locale',
  sendWith: 'enter',
  linkPreviews: true,
  letterKeys: false,
} as const satisfies UserSettings;

/** The entries that have a usual value always have one. */
export type Settings = UserSettings & Required<Pick<UserSettings, keyof typeof usual>>;

/** The user's own settings, the same in all their windows. */
export const settings = (): Settings => ({ ...usual, ...store.user?.settings });

export const useSettings = (): Settings => useStore('user', settings);

/** At once here, then everywhere. @throws ApiError where the server refused; then it is as before */
export async function changeSettings(change: UserSettings): Promise<void> {
  const before = store.user;
  if (!before) return;
  setUser({ ...before, settings: { ...before.settings, ...change } });
  try {
    setUser(await call('patchMe', { body: { settings: change } }));
  } catch (error) {
    if (store.user?.id === before.id) setUser({ ...store.user, settings: before.settings });
    throw error;
  }
}
