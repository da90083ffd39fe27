'use client';
import { useEffect, useRef, useState } from 'react';
import type { Account } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { useAccount } from '../../lib/sync/hooks';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';
import { NewChat } from '../buddies/new-chat';
import { reconnect } from './changes';
import { SetupLines } from './setup-lines';
import { StateLine } from './state-line';

type Props = { account: Account; again: boolean; onRestart: () => void };

/** Signed in: how the account is doing, live, and the way on from here. */
export function LoginDone({ account: given, again, onRestart }: Props) {
  const account = useAccount(given.id) ?? given;
  const [writing, setWriting] = useState(false);
  const action = useAction();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { is } = account.state;
  const online = is === 'online' || is === 'backfilling';
  return (
    <div className="login-done">
      <h2 className="login-title" tabIndex={-1} ref={heading}>
        {t(again ? 'accounts.signed-in-again' : 'accounts.added', { name: account.name })}
      </h2>
      <div role="status">
        <StateLine account={account} />
      </div>
      {is === 'waiting' && <p className="muted">{t('accounts.kept')}</p>}
      <SetupLines account={account} />
      <FormError text={action.error} />
      <div className="login-actions">
        {is === 'needs-login' ? (
          <AgainButton account={account} onRestart={again ? onRestart : null} />
        ) : (
          <button
            type="button"
            className={online ? 'button button-primary' : 'button'}
            onClick={() => setWriting(true)}
          >
            {t('accounts.start-conversation')}
          </button>
        )}
        {(is === 'waiting' || is === 'failed') && (
          <button
            type="button"
            className="button"
            disabled={action.busy}
            onClick={() => void action.run(() => reconnect(account))}
          >
            {t('accounts.try-now')}
          </button>
        )}
        <a className="button" href={link.add()}>
          {t('accounts.add-another')}
        </a>
      </div>
      {writing && <NewChat accountId={account.id} onClose={() => setWriting(false)} />}
    </div>
  );
}

/** On the page that signed in again already, signing in once more begins it anew. */
function AgainButton({ account, onRestart }: { account: Account; onRestart: (() => void) | null }) {
  if (!onRestart) {
    return (
      <a className="button button-primary" href={link.again(account.network, account.id)}>
        {t('accounts.sign-in-again')}
      </a>
    );
  }
  return (
    <button type="button" className="button button-primary" onClick={onRestart}>
      {t('accounts.sign-in-again')}
    </button>
  );
}
