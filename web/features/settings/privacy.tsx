'use client';
import { call } from '../../lib/api/client';
import type { User } from '../../lib/api/types';
import { setUser } from '../../lib/sync/user';
import { FormError } from '../../ui/form-error';
import { Switch } from '../../ui/switch';
import { useAction } from '../../ui/use-action';
import { LinkSwitch } from '../media/link-switch';

/** What others learn of the user by themselves; each conversation can say otherwise. */
export function Privacy({ user }: { user: User }) {
  const action = useAction();
  const change = (body: { sendTyping: boolean } | { sendReceipts: boolean }) =>
    void action.run(async () => setUser(await call('patchMe', { body })));
  return (
    <section className="section" aria-label="What others learn">
      <h2>What others learn</h2>
      <p className="muted">Where a network would tell them. Each conversation can have its own setting.</p>
      <Switch
        label="Show that I am writing"
        on={user.sendTyping ?? true}
        disabled={action.busy}
        onChange={(on) => change({ sendTyping: on })}
      />
      <Switch
        label="Show what I have read"
        help="What was read while this was off is not told later."
        on={user.sendReceipts ?? true}
        disabled={action.busy}
        onChange={(on) => change({ sendReceipts: on })}
      />
      <LinkSwitch />
      <FormError text={action.error} />
    </section>
  );
}
