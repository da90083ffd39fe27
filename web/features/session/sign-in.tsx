'use client';
import { type FormEvent, useState } from 'react';
import { ApiError, call } from '../../lib/api/client';
import { enter } from '../../lib/sync/session';
import { TextField } from '../../ui/field';
import { useAction } from '../../ui/use-action';
import { Frame } from './frame';

export function SignIn() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void action.run(async () => {
      try {
        const { user } = await call('signIn', { body: { email, password } });
        await enter(user);
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) {
          throw new ApiError(401, error.code, 'This email and password do not belong together.');
        }
        throw error;
      }
    });
  };
  const told = Object.keys(action.errors).length > 0;
  return (
    <Frame title="Sign in">
      <form onSubmit={submit} className="form" noValidate>
        <TextField
          label="Email"
          type="email"
          autoComplete="username"
          autoFocus
          value={email}
          onValue={setEmail}
          error={action.errors.email}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          value={password}
          onValue={setPassword}
          error={action.errors.password}
        />
        {action.error && !told && (
          <p className="form-error" role="alert">
            {action.error}
          </p>
        )}
        <button type="submit" className="button button-primary button-block" disabled={action.busy}>
          {action.busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </Frame>
  );
}
