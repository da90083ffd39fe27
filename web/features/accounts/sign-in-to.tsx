'use client';
import { useState } from 'react';
import type { Network } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useAccount } from '../../lib/sync/hooks';
import { LoginStage } from './login-stage';
import { StateLine } from './state-line';
import { useLogin } from './use-login';

/** One sign-in to a network, by the flow chosen, step after step. */
export function SignInTo({ network, accountId }: { network: Network; accountId: string | null }) {
  const [flow, setFlow] = useState(network.loginFlows[0]?.id);
  const login = useLogin({ network: network.id, flow, accountId });
  const chosen = network.loginFlows.find((one) => one.id === flow);
  const done = login.stage.is === 'done';
  const account = useAccount(accountId ?? '');
  const refused = account?.enabled && (account.state.is === 'needs-login' || account.state.is === 'failed');
  return (
    <div className="login">
      {refused && !done && <StateLine account={account} />}
      {network.remark && !done && <p className="login-lead">{network.remark}</p>}
      {network.loginFlows.length > 1 && !done && (
        <fieldset className="flows" disabled={login.busy}>
          <legend>{t('accounts.sign-in-by')}</legend>
          {network.loginFlows.map((one) => (
            <label key={one.id} className="flow">
              <input type="radio" name="flow" checked={one.id === flow} onChange={() => setFlow(one.id)} />
              <span className="flow-text">
                <span>{one.label}</span>
                {one.description && <span className="field-help">{one.description}</span>}
              </span>
            </label>
          ))}
        </fieldset>
      )}
      {chosen?.description && network.loginFlows.length === 1 && !done && (
        <p className="login-lead">{chosen.description}</p>
      )}
      <LoginStage login={login} again={accountId !== null} />
    </div>
  );
}
