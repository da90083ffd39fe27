import { spelled } from './duration.js';
import type { Proof } from './policy.js';

/** Of a step that waits for those before it. */
export const unlessProven = (before: string, unless: Proof, withinMs: number): string =>
  ` unless ${before} has proven ${unless} within ${spelled(withinMs)}`;

/** Of one that waits for what those before it never prove: it goes in any case. */
export const neverProven = (before: string, unless: Proof, withinMs: number): string =>
  ` after ${spelled(withinMs)}, as ${before} never proves ${unless} here`;

const WAITING = / unless (.+?) has proven (\w+) within ([^:]+)/;
const WAITING_FOR_NOTHING = / after [^:]+ never proves \w+ here/;

/** The same once its turn has come. `lost`: why nothing before it went out, where that is so. */
export function cameUp(why: string, lost: string | undefined): string {
  if (lost === undefined) return why.replace(WAITING, ' because $1 had not proven $2 within $3');
  const because = () => ` because ${lost}`;
  return why.replace(WAITING, because).replace(WAITING_FOR_NOTHING, because);
}
