/** Without `requestIdleCallback`, as in Safari. */
const usualMs = 60;

/** What is drawn now is seen before this is done. Answers how to call it off. */
export function afterPaint(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(work);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/** Does something once the page has nothing else to do, or after so many ms at the latest. */
export function whenIdle(run: () => void, latestMs: number): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: latestMs });
  else setTimeout(run, usualMs);
}
