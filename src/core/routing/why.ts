import { spelled } from './duration.js';
import type { Proof } from './policy.js';

/** Of a step that waits for those before it. */
export const unlessProven = (before: string, unless: Proof, withinMs: number): string =>
  ` unless ${before} has proven ${unless} within ${spelled(withinMs)}`;

const WAITING = / unless (.+?) has proven (\w+) within ([^:]+)/;

/** The same once its turn has come. `lost`: why nothing before it went out, where that is so. */
export function cameUp(why: string, lost: string | undefined): string {
  return why.replace(WAITING, (_, before: string, proof: string, within: string) =>
    lost === undefined ? ` because ${before} had not proven ${proof} within ${within}` : ` because ${lost}`,
  );
}
