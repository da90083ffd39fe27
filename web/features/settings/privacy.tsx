'use client';
import { call } from '../../lib/api/client';
import type { User } from '../../lib/api/types';
import { t } from '../../lib/i18n';
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
    <section className="section" aria-label={t('settings.learn')}>
      <h2>{t('settings.learn')}</h2>
      <p className="muted">{t('settings.learn-lead')}</p>
      <Switch
        label={t('settings.typing')}
        on={user.sendTyping ?? true}
        disabled={action.busy}
        onChange={(on) => change({ sendTyping: on })}
      />
      <Switch
        label={t('settings.receipts')}
        help={t('settings.receipts-help')}
        on={user.sendReceipts ?? true}
        disabled={action.busy}
        onChange={(on) => change({ sendReceipts: on })}
      />
      <LinkSwitch />
      <FormError text={action.error} />
    </section>
  );
}
