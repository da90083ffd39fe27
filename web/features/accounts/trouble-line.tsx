'use client';
import { useEffect, useState } from 'react';
import type { Account } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link, useRoute } from '../../lib/router';
import { useAccounts } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { stateWord } from './state-line';

const patienceMs = 4000;

/** One line where an account has trouble, leading to where it is mended. */
export function TroubleLine() {
  const { at } = useRoute();
  const troubled = useTroubled();
  // There it stands beside the account, with what mends it.
  const told = at === 'networks' || at === 'add' ? [] : troubled;
  const [first] = told;
  return (
    <div role="status">
      {first && (
        <a className="trouble" href={told.length === 1 ? whereMended(first) : link.networks}>
          <Icon name="warning" />
          <span className="trouble-text">
            {told.length === 1
              ? t('account-state.trouble-one', { name: first.name, state: wordOf(first) })
              : t('account-state.trouble-many', { count: told.length })}
          </span>
          <Icon name="next" size={14} />
        </a>
      )}
    </div>
  );
}

/** An account between two tries is as troubled as before; the line must not come and go with each. */
const wordOf = (account: Account): string =>
  account.state.is === 'connecting' ? t('account-state.trying-again') : stateWord(account).toLocaleLowerCase();

const whereMended = (account: Account): string =>
  account.state.is === 'needs-login' ? link.again(account.network, account.id) : link.networks;

/** Accounts in trouble for a while: a short hiccup is not worth a word. */
function useTroubled(): Account[] {
  const accounts = useAccounts();
  const [since, setSince] = useState<ReadonlyMap<string, number>>(new Map());
  const [now, setNow] = useState(0);
  useEffect(() => {
    setNow(Date.now());
    setSince((before) => {
      const next = accounts.flatMap((account): [string, number][] => {
        const known = before.get(account.id);
        if (isTroubled(account)) return [[account.id, known ?? Date.now()]];
        return known !== undefined && account.enabled && account.state.is === 'connecting' ? [[account.id, known]] : [];
      });
      return new Map(next);
    });
  }, [accounts]);
  useEffect(() => {
    const waits = [...since.values()].map((at) => at + patienceMs - now).filter((ms) => ms > 0);
    if (waits.length === 0) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(...waits) + 10);
    return () => clearTimeout(timer);
  }, [since, now]);
  return accounts.filter((account) => now - (since.get(account.id) ?? Number.POSITIVE_INFINITY) >= patienceMs);
}

const isTroubled = ({ enabled, state }: Account): boolean =>
  enabled && (state.is === 'needs-login' || state.is === 'failed' || state.is === 'waiting');
