'use client';
import { call } from '../../lib/api/client';
import type { BodyInput, User } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { setUser } from '../../lib/sync/user';
import { Field } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';

const times = [0, 5, 10, 20, 30, 60];

/** How long what was sent is held back, so that it can be undone. */
export function UndoSettings({ user }: { user: User }) {
  const action = useAction();
  const seconds = user.undoSeconds ?? 0;
  const offered = times.includes(seconds) ? times : [...times, seconds].sort((a, b) => a - b);
  const change = (body: BodyInput<'patchMe'>) => void action.run(async () => setUser(await call('patchMe', { body })));
  return (
    <section className="section" aria-label={t('settings.undo')}>
      <h2>{t('settings.undo')}</h2>
      <p className="muted">{t('settings.undo-lead')}</p>
      <div className="digest-form digest-pair">
        <Field label={t('settings.undo-for')}>
          {(ids) => (
            <select
              className="input"
              {...ids}
              disabled={action.busy}
              value={seconds}
              onChange={(event) => change({ undoSeconds: Number(event.target.value) })}
            >
              {offered.map((one) => (
                <option key={one} value={one}>
                  {one === 0 ? t('settings.undo-never') : t('settings.seconds', { seconds: one })}
                </option>
              ))}
            </select>
          )}
        </Field>
        {seconds > 0 && (
          <Field label={t('settings.messages')}>
            {(ids) => (
              <select
                className="input"
                {...ids}
                disabled={action.busy}
                value={user.undoFor ?? 'lasting'}
                onChange={(event) => change({ undoFor: event.target.value === 'all' ? 'all' : 'lasting' })}
              >
                <option value="lasting">{t('settings.undo-lasting')}</option>
                <option value="all">{t('settings.undo-all')}</option>
              </select>
            )}
          </Field>
        )}
      </div>
      <FormError text={action.error} />
    </section>
  );
}
