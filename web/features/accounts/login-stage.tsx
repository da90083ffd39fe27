'use client';
import { t } from '../../lib/i18n';
import { Failure, Skeleton } from '../../ui/states';
import { LoginDone } from './login-done';
import { LoginForm } from './login-form';
import { LoginRedirect, LoginShow } from './login-steps';
import type { Login } from './use-login';

/** Where a sign-in stands. */
export function LoginStage({ login, again }: { login: Login; again: boolean }) {
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
            {t('accounts.begin-again')}
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
