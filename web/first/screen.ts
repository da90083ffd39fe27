import { circumstances, elementId, type FirstScreen, keyOf, today } from '../lib/first-screen/kept';
import { elementOf } from '../lib/first-screen/pieces';

/** The page itself is there long before; where it never comes, what it says of that must be seen. */
const longestMs = 20_000;

/** Draws the list as it was last seen, if it was seen by who is signed in and would be laid out the same now. */
export function drawFirstScreen(): void {
  const user = JSON.parse(localStorage.getItem('parley.user') ?? 'null');
  const text = user && localStorage.getItem(keyOf(user.id));
  if (!text) return;
  const kept: FirstScreen = JSON.parse(text);
  if (kept.circumstances !== circumstances() || typeof kept.sidebar === 'string') return;
  const screen = document.createElement('div');
  screen.id = elementId;
  screen.className = 'shell first-screen';
  if (kept.folded) screen.dataset.list = 'folded';
  const later: (() => void)[] = [];
  const sidebar = elementOf(kept.sidebar, later);
  const content = document.createElement('div');
  content.className = 'content';
  screen.append(sidebar, content);
  const finish = () => {
    if (kept.day !== today()) for (const time of screen.querySelectorAll('time')) time.textContent = '\u00a0';
    mark(screen);
  };
  const drawRest = () => {
    for (const draw of later.splice(0)) draw();
    finish();
  };
  // Rows work by themselves; all else does once the page is there.
  for (const part of screen.querySelectorAll('.sidebar-head, .sidebar-tools, .sidebar-foot, .row-head'))
    part.toggleAttribute('inert', true);
  const follow = () => {
    if (screen.isConnected) mark(screen);
  };
  // Rows below the window would hold up the first paint.
  if (innerHeight > kept.height) drawRest();
  else finish();
  addEventListener('hashchange', follow);
  screen.addEventListener('click', ({ target, clientX, clientY }) => {
    const onRow = target instanceof Element && target.closest('a[href]');
    screen.dataset.press = onRow ? '' : `${clientX} ${clientY}`;
  });
  screen.addEventListener('scroll', drawRest, { capture: true, once: true, passive: true });
  document.body.prepend(screen);
  setTimeout(() => screen.remove(), longestMs);
}

/** Where the page stands, as the list says it. */
function mark(screen: HTMLElement): void {
  const { hash } = location;
  screen.dataset.at = /^#?\/?$/.test(hash) ? 'home' : 'elsewhere';
  const [address] = hash.split('?');
  for (const row of screen.querySelectorAll('.sidebar-list a[href]')) {
    const href = row.getAttribute('href') ?? '';
    if (address === href || address?.startsWith(`${href}/`)) row.setAttribute('aria-current', 'page');
    else row.removeAttribute('aria-current');
  }
}
