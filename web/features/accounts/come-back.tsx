'use client';
import { useState } from 'react';
import { go, link } from '../../lib/router';
import { recallAsked } from './asked';
import { LoginStage } from './login-stage';
import { useLogin } from './use-login';

/** A sign-in that led to another site, once the browser is back: what came of it, or the next step. */
export function ComeBack({ loginId }: { loginId: string }) {
  const [asked] = useState(() => recallAsked(loginId));
  const login = useLogin({ network: '', flow: undefined, accountId: null, ...asked, loginId });
  const restart = asked ? login.restart : () => go(link.add());
  return (
    <div className="login">
      <LoginStage login={{ ...login, restart }} again={asked?.accountId != null} />
    </div>
  );
}
