import type { Supervisor } from '../../core/accounts/supervisor.js';
import { DomainError, notFound } from '../../core/errors.js';
import { AdapterError, type ResolvedChat } from '../../sdk/index.js';

/** Asks the account's network for the chat with an address. @throws DomainError in words a person can act on */
export async function resolveAddress(
  supervisor: Supervisor,
  account: { id: string; userId: string },
  address: string,
  join: boolean,
): Promise<ResolvedChat> {
  const live = supervisor.get(account.id);
  if (live && live.account.userId !== account.userId) throw notFound('account');
  if (!live)
    throw new DomainError(
      'unavailable',
      'account-stopped',
      'This account is not connected. Switch it on or sign in again first.',
    );
  try {
    return await live.connection.resolve(address, { join });
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    if (error.kind === 'rejected') {
      throw new DomainError('invalid', 'invalid-address', error.message, {
        fields: { [join ? 'join' : 'address']: error.message },
        cause: error,
      });
    }
    throw new DomainError('unavailable', 'network-unavailable', error.message, {
      retryAfterMs: error.retryAfterMs ?? 5000,
      cause: error,
    });
  }
}
