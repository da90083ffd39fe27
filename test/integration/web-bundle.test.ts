import { expect, test } from 'vitest';
import { measureBundle } from '../bench/bundle.ts';

/** Of the built page, as it is sent. What is not on the first screen is fetched later: `web/features/shell/lazy.tsx`, `web/ui/lazily.tsx`. */
test('a first visit loads at most 170 KiB of scripts and 40 KiB of styles', () => {
  const { scripts, styles } = measureBundle();
  expect(scripts).toBeLessThanOrEqual(170 * 1_024);
  expect(styles).toBeLessThanOrEqual(40 * 1_024);
});
