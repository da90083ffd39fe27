'use client';
import { t } from '../../lib/i18n';
import { Field } from '../../ui/field';
import { localOf } from '../compose/when';

const hourMs = 3_600_000;

export const isPast = (iso: string): boolean => Date.parse(iso) < Date.now();

/** The next full hour that is not about to begin. */
const nextHour = (): string => new Date(Math.ceil((Date.now() + hourMs / 2) / hourMs) * hourMs).toISOString();

type Props = { sendAt: string | null; error?: string; onChange: (sendAt: string | null) => void };

/** Now, or at a time of one's choice. */
export function When({ sendAt, error, onChange }: Props) {
  return (
    <div className="when">
      <div className="segmented" role="radiogroup" aria-label={t('broadcasts.when')}>
        <Choice label={t('broadcasts.now')} on={sendAt === null} onSelect={() => onChange(null)} />
        <Choice label={t('broadcasts.later')} on={sendAt !== null} onSelect={() => onChange(sendAt ?? nextHour())} />
      </div>
      {sendAt !== null && (
        <Field label={t('broadcasts.at')} error={error}>
          {(ids) => (
            <input
              className="input"
              type="datetime-local"
              {...ids}
              value={localOf(sendAt)}
              onChange={(event) => {
                const at = new Date(event.target.value);
                if (!Number.isNaN(at.getTime())) onChange(at.toISOString());
              }}
            />
          )}
        </Field>
      )}
    </div>
  );
}

function Choice({ label, on, onSelect }: { label: string; on: boolean; onSelect: () => void }) {
  return (
    <label data-on={on}>
      <input className="visually-hidden" type="radio" name="when" checked={on} onChange={onSelect} />
      {label}
    </label>
  );
}
