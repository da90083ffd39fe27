import type { AccountService } from '../../core/services.js';
import type { Call } from './call.js';
import { HttpProblem } from './problem.js';

/** The page of the web client that shows a sign-in on its way. */
const pageOf = (loginId: string): string => `/#/networks?login=${loginId}`;

/**
 * A browser is back from another site with the answer to a `redirect` step. Whatever comes of it is shown by the page it
 * is led on to; a program's token does not act for a browser.
 */
export async function comeBack(accounts: AccountService, call: Call<'loginCallback'>): Promise<void> {
  if (call.principal.kind !== 'session')
    throw new HttpProblem(403, 'browsers-only', 'This address is for the browser that began the sign-in.');
  const { state, ...answer } = call.query;
  const input = Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : value]),
  );
  await accounts.loginCallback(call.userId, state, input);
  // The address it came to holds a secret of the other side: neither kept nor passed on.
  void call.reply.headers({ location: pageOf(state), 'cache-control': 'no-store' });
}
