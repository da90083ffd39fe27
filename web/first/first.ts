import { beginPage } from './begin';
import { wearKept } from './look';
import { drawFirstScreen } from './screen';

/** Runs before the first paint, and before any other script of the page, which it begins. */
for (const part of [wearKept, drawFirstScreen, beginPage]) {
  try {
    part();
  } catch {
    // Without storage, or with something else in it, the page begins as it does for the first time.
  }
}
