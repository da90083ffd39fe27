'use client';
import { type ReactNode, useId } from 'react';
import type { Conditions } from '../../lib/api/types';

type Props = { only: Conditions; nth: number; onChange: (only: Conditions) => void };

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What must hold for a step; the words appear in the sentence as they are chosen. */
export function ConditionsForm({ only, nth, onChange }: Props) {
  const { online, urgency, maxLength, attachments, maxCost, quiet } = only;
  const set = (change: Partial<{ [K in keyof Conditions]: Conditions[K] | undefined }>) =>
    onChange(without({ ...only, ...change }));
  return (
    <fieldset className="conditions">
      <legend className="visually-hidden">Step {nth} goes only</legend>
      <Line
        label="if they are online there"
        on={online === true}
        onToggle={(on) => set({ online: on ? true : undefined })}
      />
      <Line
        label="if the message is"
        on={urgency !== undefined}
        onToggle={(on) => set({ urgency: on ? 'urgent' : undefined })}
      >
        <select
          className="input"
          aria-label="Urgency needed"
          value={urgency ?? 'urgent'}
          onChange={(event) => set({ urgency: event.target.value === 'normal' ? 'normal' : 'urgent' })}
        >
          <option value="urgent">urgent</option>
          <option value="normal">not of low urgency</option>
        </select>
      </Line>
      <Line
        label="up to so many characters"
        on={maxLength !== undefined}
        onToggle={(on) => set({ maxLength: on ? 300 : undefined })}
      >
        <input
          className="input"
          type="number"
          aria-label="Most characters"
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
        label="with or without files"
        on={attachments !== undefined}
        onToggle={(on) => set({ attachments: on ? false : undefined })}
      >
        <select
          className="input"
          aria-label="Files"
          value={attachments === true ? 'with' : 'without'}
          onChange={(event) => set({ attachments: event.target.value === 'with' })}
        >
          <option value="without">without files</option>
          <option value="with">with files</option>
        </select>
      </Line>
      <Line
        label="if it costs at most"
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
        label="outside quiet hours"
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
              aria-label="Quiet from"
              value={quiet.from}
              onChange={(event) => event.target.value && set({ quiet: { ...quiet, from: event.target.value } })}
            />
            <input
              className="input"
              type="time"
              aria-label="Quiet until"
              value={quiet.to}
              onChange={(event) => event.target.value && set({ quiet: { ...quiet, to: event.target.value } })}
            />
            <select
              className="input"
              aria-label="In quiet hours"
              value={quiet.otherwise}
              onChange={(event) =>
                set({ quiet: { ...quiet, otherwise: event.target.value === 'wait' ? 'wait' : 'skip' } })
              }
            >
              <option value="wait">wait until they are over</option>
              <option value="skip">leave the step out</option>
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
        aria-label="Highest cost"
        defaultValue={cost.amount}
        pattern="\d{1,6}([.,]\d{1,6})?"
        onChange={({ target }) => {
          const amount = target.value.trim().replace(',', '.');
          if (/^\d{1,6}(\.\d{1,6})?$/.test(amount)) onCost({ ...cost, amount });
        }}
      />
      <input
        className="input input-currency"
        aria-label="Currency"
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
