import type { State } from '../../sdk/index.js';

type Named = { name: string; state: State };

/**
 * What an account with several gateways says: online while one is. Else it waits for the one that is tried first, and
 * only where none will be tried again a person is asked.
 */
export function together(gateways: readonly Named[]): State {
  const states = gateways.map(({ state }) => state);
  const [only] = states;
  if (gateways.length === 1 && only) return only;
  if (states.some(({ is }) => is === 'online')) return { is: 'online' };
  if (states.some(({ is }) => is === 'connecting')) return { is: 'connecting' };
  const why = gateways.flatMap(({ name, state }) => ('why' in state ? [`${name}: ${state.why}`] : [])).join('; ');
  const times = states.flatMap((state) => (state.is === 'waiting' ? [state.retryAt] : []));
  if (times.length > 0) return { is: 'waiting', retryAt: Math.min(...times), why };
  return states.some(({ is }) => is === 'needs-login') ? { is: 'needs-login', why } : { is: 'failed', why };
}
