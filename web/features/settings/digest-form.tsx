'use client';
import { type FormEvent, useRef, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Account, DigestState } from '../../lib/api/types';
import { useFirstBad } from '../../lib/forms';
import { t } from '../../lib/i18n';
import { Field, TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { Switch } from '../../ui/switch';
import { useAction } from '../../ui/use-action';

type Props = { digest: DigestState; accounts: Account[]; onSaved: (digest: DigestState) => void };

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const times = [5, 15, 30, 60, 120, 240, 480, 1440];

export function DigestForm({ digest, accounts, onSaved }: Props) {
  const [wanted, setWanted] = useState({ ...digest, accountId: digest.accountId ?? accounts[0]?.id ?? '' });
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  useFirstBad(form, action.errors);
  const set = (change: Partial<typeof wanted>) => setWanted({ ...wanted, ...change });
  const account = accounts.find(({ id }) => id === wanted.accountId);
  const byText = account?.channel === 'sms';
  const { lastSentAt: _last, problem: _problem, ...rules } = wanted;
  const same = JSON.stringify(rules) === JSON.stringify(rulesOf(digest));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void action.run(async () => onSaved(await call('putDigest', { body: { ...rules, zone: here } })));
  };
  const { errors } = action;
  return (
    <form className="form digest-form" ref={form} onSubmit={submit} noValidate>
      <Switch label={t('settings.digest-on')} on={wanted.enabled} onChange={(enabled) => set({ enabled })} />
      <div className="digest-pair">
        <Field label={t('settings.sent-by')} error={errors.accountId}>
          {(ids) => (
            <select
              className="input"
              {...ids}
              value={wanted.accountId}
              onChange={(event) => set({ accountId: event.target.value })}
            >
              {!account && <option value={wanted.accountId}>{t('settings.choose-account')}</option>}
              {accounts.map(({ id, name, network }) => (
                <option key={id} value={id}>
                  {name} ({network})
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField
          label={byText ? t('settings.to-phone') : t('settings.to-mail')}
          type={byText ? 'tel' : 'email'}
          autoComplete={byText ? 'tel' : 'email'}
          help={t('settings.only-there')}
          value={wanted.address}
          onValue={(address) => set({ address })}
          error={errors.address}
        />
        <Minutes
          label={t('settings.away-for')}
          value={wanted.awayMinutes}
          onValue={(awayMinutes) => set({ awayMinutes })}
        />
        <Minutes
          label={t('settings.at-most')}
          value={wanted.everyMinutes}
          onValue={(everyMinutes) => set({ everyMinutes })}
        />
        <Field label={t('settings.messages')} help={t('settings.digest-which')}>
          {(ids) => (
            <select
              className="input"
              {...ids}
              value={wanted.include}
              onChange={(event) => set({ include: event.target.value === 'all' ? 'all' : 'direct' })}
            >
              <option value="direct">{t('settings.digest-direct')}</option>
              <option value="all">{t('settings.digest-all')}</option>
            </select>
          )}
        </Field>
      </div>
      <Quiet quiet={wanted.quiet} onQuiet={(quiet) => set({ quiet })} />
      {Object.keys(errors).length === 0 && <FormError text={action.error} />}
      <p>
        <button
          type="submit"
          className="button button-primary"
          disabled={action.busy || same || !wanted.address.trim()}
        >
          {t('settings.save')}
        </button>
      </p>
    </form>
  );
}

const rulesOf = ({ lastSentAt: _last, problem: _problem, ...rules }: DigestState) => rules;

function Minutes({ label, value, onValue }: { label: string; value: number; onValue: (minutes: number) => void }) {
  const offered = times.includes(value) ? times : [...times, value].sort((a, b) => a - b);
  return (
    <Field label={label}>
      {(ids) => (
        <select className="input" {...ids} value={value} onChange={(event) => onValue(Number(event.target.value))}>
          {offered.map((minutes) => (
            <option key={minutes} value={minutes}>
              {inWords(minutes)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function inWords(minutes: number): string {
  if (minutes % 1440 === 0) return t('settings.days', { count: minutes / 1440 });
  if (minutes % 60 === 0) return t('settings.hours', { count: minutes / 60 });
  return t('settings.minutes', { minutes });
}

type QuietHours = DigestState['quiet'];

function Quiet({ quiet, onQuiet }: { quiet: QuietHours; onQuiet: (quiet: QuietHours) => void }) {
  const set = (change: Partial<NonNullable<QuietHours>>) => quiet && onQuiet({ ...quiet, zone: here, ...change });
  return (
    <div className="digest-quiet">
      <Switch
        label={t('settings.quiet')}
        help={quiet ? t('settings.quiet-zone', { zone: quiet.zone }) : t('settings.quiet-help')}
        on={quiet !== null}
        onChange={(on) => onQuiet(on ? { from: '22:00', to: '07:00', zone: here } : null)}
      />
      {quiet && (
        <div className="digest-hours">
          <TextField
            label={t('settings.from')}
            type="time"
            value={quiet.from}
            onValue={(from) => from && set({ from })}
          />
          <TextField label={t('settings.to')} type="time" value={quiet.to} onValue={(to) => to && set({ to })} />
        </div>
      )}
    </div>
  );
}
