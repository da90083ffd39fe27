import { keyOf } from '../lib/first-screen/kept';
import { scriptLinks } from './scripts';

/**
 * Runs at the head of the page. Its scripts are fetched from there on, unless a list is kept that can be painted before: fetching
 * them would hold up that.
 */
try {
  const user = JSON.parse(localStorage.getItem('parley.user') ?? 'null');
  if (!user || localStorage.getItem(keyOf(user.id)) === null) fetchScripts();
} catch {
  fetchScripts();
}

function fetchScripts(): void {
  for (const link of scriptLinks()) link.rel = 'preload';
}
