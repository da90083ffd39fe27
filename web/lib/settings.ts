'use client';
import { useState } from 'react';
import { call, messageOf } from './api/client';
import type { UserSettings } from './api/types';
import { useNow } from './sync/hooks';
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

/** Changes the server has not answered yet; what it says meanwhile knows nothing of them. */
const underWay: UserSettings[] = [];
let lastAnswer: Promise<unknown> = Promise.resolve();

/** The user's own settings, the same in all their windows. */
export const settings = (): Settings => Object.assign({}, usual, store.user?.settings, ...underWay);

export const useSettings = (): Settings => useNow('user', settings);

/** At once here, then everywhere. @throws ApiError where the server refused; then it is as before */
export async function changeSettings(change: UserSettings): Promise<void> {
  underWay.push(change);
  store.touch('user');
  // One after the other: of two calls at once the server may take the later first, and keep the older value.
  const answer = lastAnswer.then(() => call('patchMe', { body: { settings: change } }));
  lastAnswer = answer.catch(() => {});
  try {
    const user = await answer;
    // What the stream told may be newer than an answer.
    if (store.user?.id === user.id && user.rev >= store.user.rev) setUser(user);
  } finally {
    underWay.splice(underWay.indexOf(change), 1);
    store.touch('user');
  }
}

/** For a page of settings: several may be changed before the first is answered. `error` is of the last that was refused. */
export function useSettingsChange() {
  const [error, setError] = useState<string | null>(null);
  const change = (what: UserSettings) => {
    setError(null);
    changeSettings(what).catch((cause: unknown) => setError(messageOf(cause)));
  };
  return { error, change };
}
