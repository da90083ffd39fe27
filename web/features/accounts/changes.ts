import { call } from '../../lib/api/client';
import type { Account, BodyInput } from '../../lib/api/types';
import { applyChange } from '../../lib/sync/apply';

/** What the server answered is known at once; the stream says the same a moment later. */
export function takeAccount(account: Account): void {
  applyChange({ kind: 'account', id: account.id, rev: account.rev, value: account });
}

/** What is to be known of an account may have changed without a word of the stream. */
export async function refreshAccounts(): Promise<void> {
  const { items } = await call('listAccounts', { query: { limit: 200 } });
  for (const account of items) takeAccount(account);
}

const of = (account: Account) => ({ params: { id: account.id } });

export async function reconnect(account: Account): Promise<void> {
  takeAccount(await call('reconnectAccount', of(account)));
}

export async function patchAccount(account: Account, body: BodyInput<'patchAccount'>): Promise<void> {
  takeAccount(await call('patchAccount', { ...of(account), body }));
}

export async function removeAccount(account: Account): Promise<void> {
  await call('deleteAccount', of(account));
  applyChange({ kind: 'account', id: account.id, rev: account.rev, value: null });
}
