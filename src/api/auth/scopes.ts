import type { Principal } from '../../core/users/identity.js';
import type { Scope } from '../../core/users/views.js';
import { HttpProblem } from '../http/problem.js';

const USUAL: readonly Scope[] = ['read', 'write'];

/** What a new token may do: never more than who makes it. */
export function grantedScopes(principal: Principal, wanted: readonly Scope[] | undefined): Scope[] {
  if (wanted === undefined) return USUAL.filter((scope) => principal.scopes.includes(scope));
  const missing = wanted.find((scope) => !principal.scopes.includes(scope));
  if (missing === undefined) return [...wanted];
  throw new HttpProblem(403, 'missing-scope', `A scope you do not have cannot be given: "${missing}".`);
}
