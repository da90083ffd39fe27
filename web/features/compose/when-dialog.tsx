'use client';
import { useState } from 'react';
import { t } from '../../lib/i18n';
import { Dialog } from '../../ui/dialog';
import { Field, TextField } from '../../ui/field';
import { spelled } from '../routes/times';
import type { Extras } from './extras';
import { QuickTimes } from './quick-times';
import { localOf, quickTimes } from './when';

type Props = { extras: Extras; onChange: (change: Partial<Extras>) => void; onClose: () => void };

const limits = [5, 30, 60, 240, 4320, 10_080];

/** When a message goes, and until when it may. */
export function WhenDialog({ extras, onChange, onClose }: Props) {
  const [at, setAt] = useState(extras.sendAt ? localOf(extras.sendAt) : '');
  const [expiresIn, setExpiresIn] = useState(extras.expiresIn ?? '');
  const [quick] = useState(() => quickTimes(Date.now()));
  const time = at ? new Date(at) : null;
  const wrong = time !== null && !(time.getTime() > Date.now());
  return (
    <Dialog title={t('sending.when')} onClose={onClose}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong) return;
          onChange({ sendAt: time ? time.toISOString() : null, expiresIn: expiresIn || null });
          onClose();
        }}
      >
        <fieldset className="quick-times">
          <legend>{t('sending.send')}</legend>
          <button type="button" className="button" data-autofocus aria-pressed={at === ''} onClick={() => setAt('')}>
            {t('sending.now')}
          </button>
          <QuickTimes times={quick} at={at} onPick={setAt} />
        </fieldset>
        <TextField
          label={t('sending.other-time')}
          type="datetime-local"
          value={at}
          onValue={setAt}
          error={wrong ? t('sending.over') : undefined}
          aria-invalid={wrong || undefined}
        />
        <Field label={t('sending.give-up')} help={t('sending.give-up-help')}>
          {(ids) => (
            <select className="input" {...ids} value={expiresIn} onChange={(event) => setExpiresIn(event.target.value)}>
              <option value="">{t('sending.after-a-day')}</option>
              {limits.map((minutes) => (
                <option key={minutes} value={`PT${minutes}M`}>
                  {t('sending.after', { time: spelled(minutes) })}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary" disabled={wrong}>
            {t('sending.done')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
