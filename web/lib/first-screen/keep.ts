import { store } from '../sync/store';
import { userKey } from '../sync/user';
import { circumstances, type FirstScreen, keyOf, today } from './kept';
import { pieceOf } from './pieces';

/** Much longer than any list is; the browser has some 5 million for all. */
const mostLetters = 400_000;
/** Further down, other rows are in the page than the first. */
const topPx = 120;

let last = '';

/** Keeps what of the list is in the page for its next start, while its top is. */
export function keepFirstScreen(list: HTMLElement, folded: boolean): void {
  const { user } = store;
  const sidebar = list.closest('.sidebar');
  if (!user || !sidebar || list.scrollTop > topPx || !isSignedIn(user.id)) return;
  const end = list.getBoundingClientRect().bottom;
  const piece = pieceOf(sidebar, (row) => row.getBoundingClientRect().top < end);
  if (!piece) return;
  const screen: FirstScreen = {
    circumstances: circumstances(),
    day: today(),
    folded,
    height: innerHeight,
    sidebar: piece,
  };
  const text = JSON.stringify(screen);
  if (text === last || text.length > mostLetters) return;
  last = text;
  try {
    localStorage.setItem(keyOf(user.id), text);
  } catch {
    // No room: the next start is slower.
  }
}

export function forgetFirstScreen(userId: string): void {
  last = '';
  localStorage.removeItem(keyOf(userId));
}

/** Another window may have ended the session, and erased all of it. */
const isSignedIn = (userId: string): boolean => localStorage.getItem(userKey)?.includes(`"${userId}"`) ?? false;
