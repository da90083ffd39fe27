'use client';
import { useState } from 'react';
import { Dialog } from '../../ui/dialog';
import { Field, TextField } from '../../ui/field';
import { spelled } from '../routes/times';
import type { Extras } from './extras';
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
    <Dialog title="When it goes" onClose={onClose}>
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
          <legend>Send</legend>
          <button type="button" className="button" data-autofocus aria-pressed={at === ''} onClick={() => setAt('')}>
            Now
          </button>
          {quick.map((one) => (
            <button
              key={one.label}
              type="button"
              className="button"
              aria-pressed={at === localOf(one.at)}
              onClick={() => setAt(localOf(one.at))}
            >
              {one.label}
            </button>
          ))}
        </fieldset>
        <TextField
          label="At another time"
          type="datetime-local"
          value={at}
          onValue={setAt}
          error={wrong ? 'That is over.' : undefined}
          aria-invalid={wrong || undefined}
        />
        <Field
          label="Give it up"
          help="A message that cannot be sent by then fails, and says so, instead of arriving too late."
        >
          {(ids) => (
            <select className="input" {...ids} value={expiresIn} onChange={(event) => setExpiresIn(event.target.value)}>
              <option value="">after a day, as usual</option>
              {limits.map((minutes) => (
                <option key={minutes} value={`PT${minutes}M`}>
                  after {spelled(minutes)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={wrong}>
            Done
          </button>
        </div>
      </form>
    </Dialog>
  );
}
