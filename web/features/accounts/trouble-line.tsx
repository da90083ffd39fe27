'use client';
import { useEffect, useState } from 'react';
import type { Account } from '../../lib/api/types';
import { link } from '../../lib/router';
import { useAccounts } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { stateWord } from './state-line';

const patienceMs = 4000;

const isTroubled = ({ enabled, state }: Account): boolean =>
  enabled && (state.is === 'needs-login' || state.is === 'failed' || state.is === 'waiting');

/** One line where an account has trouble, leading to where it is mended. A short hiccup is not worth a word. */
export function TroubleLine() {
  const troubled = useAccounts().filter(isTroubled);
  const key = troubled.map((account) => account.id).join(' ');
  const [shown, setShown] = useState('');
  useEffect(() => {
    if (!key) return setShown('');
    const timer = setTimeout(() => setShown(key), patienceMs);
    return () => clearTimeout(timer);
  }, [key]);
  const told = troubled.filter((account) => shown.includes(account.id) || account.state.is === 'needs-login');
  const [first] = told;
  return (
    <div role="status">
      {first && (
        <a className="trouble" href={told.length === 1 ? whereMended(first) : link.networks}>
          <Icon name="warning" />
          <span className="trouble-text">
            {told.length === 1
              ? `${first.name}: ${stateWord(first).toLowerCase()}`
              : `${told.length} networks have trouble`}
          </span>
          <Icon name="next" size={14} />
        </a>
      )}
    </div>
  );
}

const whereMended = (account: Account): string =>
  account.state.is === 'needs-login' ? link.again(account.network, account.id) : link.networks;
