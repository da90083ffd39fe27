import { readFileSync } from 'node:fs';

/**
 * Loaded before Parley: its clock of the day is as many milliseconds off as the file PARLEY_TEST_CLOCK says, which may
 * change at any time. Clocks that only count on (performance.now, timers) go on as they are, as those of a machine do.
 */
const file = process.env.PARLEY_TEST_CLOCK ?? '';
const RealDate = Date;
const now = Date.now;
let readAt = -1_000;
let offset = 0;

function shifted() {
  if (performance.now() - readAt > 50) {
    readAt = performance.now();
    try {
      offset = Number(readFileSync(file, 'utf8')) || 0;
    } catch {}
  }
  return now() + offset;
}

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(shifted());
    else super(...given);
  }

  static now() {
    return shifted();
  }
};
