/** True while the window is seen and has the focus. */
export const isLooked = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

/** Tells each time that may have changed. Answers how to end it. */
export function onLook(listener: () => void): () => void {
  for (const name of ['focus', 'blur']) window.addEventListener(name, listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    for (const name of ['focus', 'blur']) window.removeEventListener(name, listener);
    document.removeEventListener('visibilitychange', listener);
  };
}

/** Who does nothing for so long looks no more, though the window has the focus. */
const idleMs = 3 * 60_000;
const signs = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchmove'] as const;

/**
 * Tells whether a person looks at this window, whenever that changes: while one does, no device has to be told of
 * messages. `tell` answers false where it could not be said. Answers how to say it anew, and how to end it.
 */
export function watchLooking(tell: (on: boolean) => boolean): { again: () => void; end: () => void } {
  let told: boolean | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastSign = performance.now();
  const look = () => {
    const on = isLooked() && performance.now() - lastSign < idleMs;
    if (on !== told) told = tell(on) ? on : null;
    clearTimeout(timer);
    if (on) timer = setTimeout(look, idleMs);
  };
  const onSign = () => {
    lastSign = performance.now();
    if (told !== true) look();
  };
  for (const sign of signs) window.addEventListener(sign, onSign, { passive: true, capture: true });
  const endLook = onLook(look);
  return {
    again: () => {
      told = null;
      look();
    },
    end: () => {
      clearTimeout(timer);
      for (const sign of signs) window.removeEventListener(sign, onSign, { capture: true });
      endLook();
    },
  };
}
