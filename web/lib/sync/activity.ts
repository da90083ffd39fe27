import { isLooked } from './looking';

/** How often the server is told, at most. */
const everyMs = 60_000;
const signs = ['keydown', 'pointerdown', 'wheel', 'touchmove'] as const;

/**
 * Tells that a person is at the page: it has the focus, and something is done there. A page that merely stands open says
 * nothing. Answers how to end it.
 */
export function watchActivity(tell: () => boolean): () => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  const onSign = () => {
    if (!isLooked() || performance.now() - toldAt < everyMs) return;
    if (tell()) toldAt = performance.now();
  };
  for (const sign of signs) window.addEventListener(sign, onSign, { passive: true, capture: true });
  window.addEventListener('focus', onSign);
  return () => {
    for (const sign of signs) window.removeEventListener(sign, onSign, { capture: true });
    window.removeEventListener('focus', onSign);
  };
}
