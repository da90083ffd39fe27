import type { State } from '../../sdk/index.js';

/**
 * Networks that none of their accounts reaches, in words; undefined where there is none. An account that only its owner
 * can help counts for nothing, and one that is just being connected is given its time.
 */
export function unreached(accounts: readonly { network: string; state: State['is'] }[]): string | undefined {
  const networks = new Map<string, { waiting: number; others: number }>();
  for (const { network, state } of accounts) {
    const counts = networks.get(network) ?? { waiting: 0, others: 0 };
    networks.set(network, counts);
    if (state === 'waiting') counts.waiting++;
    else if (state === 'online' || state === 'backfilling' || state === 'connecting') counts.others++;
  }
  const away = [...networks].filter(([, { waiting, others }]) => waiting > 0 && others === 0);
  if (away.length === 0) return undefined;
  return away.map(([network, { waiting }]) => `${network}: none of ${waiting} accounts is online`).join('; ');
}
