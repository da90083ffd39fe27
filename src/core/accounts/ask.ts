import { AdapterError, type Clock } from '../../sdk/index.js';
import { DomainError } from '../errors.js';
import type { Live, Supervisor } from './supervisor.js';

/** How long a network may take over something that a person waits for. */
const LIMIT_MS = 20_000;

/** Catching up with history does not keep an account from anything else. */
export const isConnected = (live: Live | undefined): live is Live =>
  live?.state.is === 'online' || live?.state.is === 'backfilling';

export const networkName = ({ adapters }: Pick<Supervisor, 'adapters'>, network: string): string =>
  adapters.get(network)?.manifest.name ?? network;

/** @throws DomainError where the account is not connected to its network now */
export function connected(supervisor: Supervisor, account: { id: string; network: string }): Live {
  const live = supervisor.get(account.id);
  if (isConnected(live)) return live;
  throw new DomainError(
    'unavailable',
    'account-offline',
    `The ${networkName(supervisor, account.network)} account is not connected. Try again once it is.`,
    { retryAfterMs: 10_000 },
  );
}

/** Waits for what a network does, but not for long. The signal is aborted at the limit. */
export function limited<T>(
  clock: Clock,
  work: (signal: AbortSignal) => Promise<T> | undefined,
  ms: number = LIMIT_MS,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const abort = new AbortController();
    const done = clock.after(ms, () => {
      abort.abort();
      reject(new AdapterError('temporary', 'it did not answer in time'));
    });
    Promise.resolve()
      .then(() => work(abort.signal))
      .then(resolve, reject)
      .finally(done);
  });
}

/** What a network's refusal is to the person who asked. `field` names the input that it does not like. */
export function refusal(network: string, error: unknown, field?: string): unknown {
  if (!(error instanceof AdapterError)) return error;
  const message = `${network}: ${error.message}`;
  if (error.kind === 'rejected') {
    const fields = error.fields ?? (field === undefined ? undefined : { [field]: error.message });
    if (fields !== undefined) return new DomainError('invalid', 'network-refused', message, { fields, cause: error });
    return new DomainError('conflict', 'network-refused', message, { cause: error });
  }
  return new DomainError('unavailable', 'network-unavailable', message, {
    retryAfterMs: error.retryAfterMs ?? 5_000,
    cause: error,
  });
}
