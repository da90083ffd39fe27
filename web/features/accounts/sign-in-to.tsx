'use client';
import { useState } from 'react';
import type { Network } from '../../lib/api/types';
import { Failure, Skeleton } from '../../ui/states';
import { LoginDone } from './login-done';
import { LoginForm } from './login-form';
import { LoginRedirect, LoginShow } from './login-steps';
import { type Login, useLogin } from './use-login';

/** One sign-in to a network, by the flow chosen, step after step. */
export function SignInTo({ network, accountId }: { network: Network; accountId: string | null }) {
  const [flow, setFlow] = useState(network.loginFlows[0]?.id);
  const login = useLogin({ network: network.id, flow, accountId });
  const chosen = network.loginFlows.find((one) => one.id === flow);
  const done = login.stage.is === 'done';
  return (
    <div className="login">
      {network.remark && !done && <p className="login-lead">{network.remark}</p>}
      {network.loginFlows.length > 1 && !done && (
        <fieldset className="flows" disabled={login.busy}>
          <legend>Sign in by</legend>
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
      <Step login={login} again={accountId !== null} />
    </div>
  );
}

function Step({ login, again }: { login: Login; again: boolean }) {
  const { stage } = login;
  switch (stage.is) {
    case 'starting':
      return <Skeleton rows={3} />;
    case 'failed':
      return <Failure onRetry={login.restart}>{stage.why}</Failure>;
    case 'over':
      return (
        <div className="login-over" role="alert">
          <p>{stage.why}</p>
          <button type="button" className="button" onClick={login.restart}>
            Begin again
          </button>
        </div>
      );
    case 'done':
      return <LoginDone account={stage.account} again={again} onRestart={login.restart} />;
    case 'step':
      if (stage.step.type === 'form') return <LoginForm key={stage.turn} step={stage.step} login={login} />;
      if (stage.step.type === 'show') return <LoginShow key={stage.turn} step={stage.step} login={login} />;
      return <LoginRedirect key={stage.turn} step={stage.step} login={login} />;
  }
}
