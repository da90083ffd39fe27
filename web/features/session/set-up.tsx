'use client';
import { type FormEvent, useState } from 'react';
import { call } from '../../lib/api/client';
import { go, link } from '../../lib/router';
import { enter } from '../../lib/sync/session';
import { TextField } from '../../ui/field';
import { useAction } from '../../ui/use-action';
import { Frame } from './frame';

export function SetUp() {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void action.run(async () => {
      const { user } = await call('setup', { body: { name, email, password } });
      go(link.add());
      await enter(user);
    });
  };
  const told = Object.keys(action.errors).length > 0;
  return (
    <Frame title="Set up Parley" lead="The first account on this server; it administers it.">
      <form onSubmit={submit} className="form" noValidate>
        <TextField label="Name" autoComplete="name" autoFocus value={name} onValue={setName} error={action.errors.name} />
        <TextField
          label="Email"
          type="email"
          autoComplete="username"
          value={email}
          onValue={setEmail}
          error={action.errors.email}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          help="At least 10 characters."
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
          {action.busy ? 'Creating…' : 'Create account'}
        </button>
      </form>
    </Frame>
  );
}
