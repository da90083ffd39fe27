import { elementId } from '../lib/first-screen/kept';
import { afterPaint } from '../lib/idle';
import { scriptLinks } from './scripts';

/** A frame may be long in coming, e.g. to a window that others cover. */
const latestMs = 1_000;

/**
 * Runs the scripts of the page in their order: once all of the page was read, and where the list stands there as it was
 * last seen, once that is painted. It can be pressed so much sooner.
 */
export function beginPage(): void {
  let begun = false;
  const run = () => {
    if (begun) return;
    begun = true;
    for (const link of scriptLinks()) {
      const script = document.createElement('script');
      script.src = link.getAttribute('href') ?? '';
      script.async = false;
      document.head.append(script);
    }
  };
  const onRead = () => {
    if (document.hidden || !document.getElementById(elementId)) return run();
    afterPaint(run);
    setTimeout(run, latestMs);
  };
  document.addEventListener('DOMContentLoaded', onRead, { once: true });
}
