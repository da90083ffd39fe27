'use client';
import { type FormEvent, useRef, useState } from 'react';
import { call } from '../../lib/api/client';
import { needAll, useFirstBad } from '../../lib/forms';
import { Dialog } from '../../ui/dialog';
import { Field, TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { useAction } from '../../ui/use-action';

/** For admins: somebody else may sign in here, with accounts and history of their own. */
export function Users() {
  const [open, setOpen] = useState(false);
  return (
    <section className="section" aria-label="Users">
      <h2>Users</h2>
      <p className="muted">Each user of this server has accounts and history of their own.</p>
      <p>
        <button type="button" className="button" onClick={() => setOpen(true)}>
          <Icon name="plus" /> New user
        </button>
      </p>
      {open && <NewUser onClose={() => setOpen(false)} />}
    </section>
  );
}

function NewUser({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<'user' | 'admin'>('user');
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  useFirstBad(form, action.errors);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const done = await action.run(async () => {
      needAll({ name, email, password });
      const user = await call('createUser', { body: { name: name.trim(), email: email.trim(), password, role } });
      notify(`${user.name} can sign in now.`);
    });
    if (done) onClose();
  };
  const told = Object.keys(action.errors).length > 0;
  return (
    <Dialog title="New user" onClose={onClose}>
      <form className="form" ref={form} onSubmit={submit} noValidate>
        <TextField
          label="Name"
          autoComplete="off"
          data-autofocus
          value={name}
          onValue={setName}
          error={action.errors.name}
        />
        <TextField
          label="Email"
          type="email"
          autoComplete="off"
          value={email}
          onValue={setEmail}
          error={action.errors.email}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          help="At least 8 characters. Tell it to them in person."
          value={password}
          onValue={setPassword}
          error={action.errors.password}
        />
        <Field label="Role" error={action.errors.role}>
          {(ids) => (
            <select
              className="input"
              {...ids}
              value={role}
              onChange={(event) => setRole(event.target.value === 'admin' ? 'admin' : 'user')}
            >
              <option value="user">User</option>
              <option value="admin">Admin, may make users</option>
            </select>
          )}
        </Field>
        {!told && <FormError text={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={action.busy}>
            Create user
          </button>
        </div>
      </form>
    </Dialog>
  );
}
