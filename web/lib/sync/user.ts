import type { User } from '../api/types';
import { wear } from '../look';
import { store } from './store';

export const userKey = 'parley.user';

/** The user as the server last said; kept, so that the next start paints for them at once. The page takes on their look. */
export function setUser(user: User): void {
  store.user = user;
  store.touch('user');
  localStorage.setItem(userKey, JSON.stringify(user));
  wear(user.settings ?? {});
}
