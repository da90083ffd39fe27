'use client';
import { type ReactNode, useId } from 'react';
import type { Conditions } from '../../lib/api/types';
import { t } from '../../lib/i18n';

type Props = { only: Conditions; nth: number; onChange: (only: Conditions) => void };

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What must hold for a step; the words appear in the sentence as they are chosen. */
export function ConditionsForm({ only, nth, onChange }: Props) {
  const { online, urgency, maxLength, attachments, maxCost, quiet } = only;
  const set = (change: Partial<{ [K in keyof Conditions]: Conditions[K] | undefined }>) =>
    onChange(without({ ...only, ...change }));
  return (
    <fieldset className="conditions">
      <legend className="visually-hidden">{t('routes.goes-only', { nth })}</legend>
      <Line
        label={t('routes.line-online')}
        on={online === true}
        onToggle={(on) => set({ online: on ? true : undefined })}
      />
      <Line
        label={t('routes.line-urgency')}
        on={urgency !== undefined}
        onToggle={(on) => set({ urgency: on ? 'urgent' : undefined })}
      >
        <select
          className="input"
          aria-label={t('routes.urgency-needed')}
          value={urgency ?? 'urgent'}
          onChange={(event) => set({ urgency: event.target.value === 'normal' ? 'normal' : 'urgent' })}
        >
          <option value="urgent">{t('routes.urgent')}</option>
          <option value="normal">{t('routes.not-low')}</option>
        </select>
      </Line>
      <Line
        label={t('routes.line-length')}
        on={maxLength !== undefined}
        onToggle={(on) => set({ maxLength: on ? 300 : undefined })}
      >
        <input
          className="input"
          type="number"
          aria-label={t('routes.most-characters')}
          min={1}
          max={100_000}
          value={maxLength ?? 300}
          onChange={(event) => {
            const given = Math.round(Number(event.target.value));
            if (given >= 1 && given <= 100_000) set({ maxLength: given });
          }}
        />
      </Line>
      <Line
        label={t('routes.line-files')}
        on={attachments !== undefined}
        onToggle={(on) => set({ attachments: on ? false : undefined })}
      >
        <select
          className="input"
          aria-label={t('routes.files')}
          value={attachments === true ? 'with' : 'without'}
          onChange={(event) => set({ attachments: event.target.value === 'with' })}
        >
          <option value="without">{t('route-words.without-files')}</option>
          <option value="with">{t('route-words.with-files')}</option>
        </select>
      </Line>
      <Line
        label={t('routes.line-cost')}
        on={maxCost !== undefined}
        onToggle={(on) => set({ maxCost: on ? { amount: '0.10', currency: 'EUR' } : undefined })}
      >
        <Cost
          key={maxCost ? 'on' : 'off'}
          cost={maxCost ?? { amount: '0.10', currency: 'EUR' }}
          onCost={(cost) => set({ maxCost: cost })}
        />
      </Line>
      <Line
        label={t('routes.line-quiet')}
        on={quiet !== undefined}
        onToggle={(on) =>
          set({ quiet: on ? { from: '22:00', to: '07:00', zone: here, otherwise: 'wait' } : undefined })
        }
      >
        {quiet && (
          <>
            <input
              className="input"
              type="time"
              aria-label={t('routes.quiet-from')}
              value={quiet.from}
              onChange={(event) => event.target.value && set({ quiet: { ...quiet, from: event.target.value } })}
            />
            <input
              className="input"
              type="time"
              aria-label={t('routes.quiet-until')}
              value={quiet.to}
              onChange={(event) => event.target.value && set({ quiet: { ...quiet, to: event.target.value } })}
            />
            <select
              className="input"
              aria-label={t('routes.in-quiet')}
              value={quiet.otherwise}
              onChange={(event) =>
                set({ quiet: { ...quiet, otherwise: event.target.value === 'wait' ? 'wait' : 'skip' } })
              }
            >
              <option value="wait">{t('routes.wait-over')}</option>
              <option value="skip">{t('routes.leave-out')}</option>
            </select>
          </>
        )}
      </Line>
    </fieldset>
  );
}

function without(only: { [K in keyof Conditions]: Conditions[K] | undefined }): Conditions {
  const { online, urgency, maxLength, attachments, maxCost, quiet } = only;
  return {
    ...(online ? { online } : {}),
    ...(urgency ? { urgency } : {}),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(maxCost ? { maxCost } : {}),
    ...(quiet ? { quiet } : {}),
  };
}

type LineProps = { label: string; on: boolean; onToggle: (on: boolean) => void; children?: ReactNode };

function Line({ label, on, onToggle, children }: LineProps) {
  const id = useId();
  return (
    <div className="condition">
      <input id={id} type="checkbox" checked={on} onChange={(event) => onToggle(event.target.checked)} />
      <label htmlFor={id}>{label}</label>
      {on && children && <span className="condition-values">{children}</span>}
    </div>
  );
}

type Money = NonNullable<Conditions['maxCost']>;

/** Keeps what is typed while it is not yet an amount. */
function Cost({ cost, onCost }: { cost: Money; onCost: (cost: Money) => void }) {
  return (
    <>
      <input
        className="input"
        inputMode="decimal"
        aria-label={t('routes.highest-cost')}
        defaultValue={cost.amount}
        pattern="\d{1,6}([.,]\d{1,6})?"
        onChange={({ target }) => {
          const amount = target.value.trim().replace(',', '.');
          if (/^\d{1,6}(\.\d{1,6})?$/.test(amount)) onCost({ ...cost, amount });
        }}
      />
      <input
        className="input input-currency"
        aria-label={t('routes.currency')}
        defaultValue={cost.currency}
        maxLength={3}
        pattern="[A-Za-z]{3}"
        onChange={({ target }) => {
          const currency = target.value.trim().toUpperCase();
          if (/^[A-Z]{3}$/.test(currency)) onCost({ ...cost, currency });
        }}
      />
    </>
  );
}
