'use client';
import { useState } from 'react';
import { t } from '../../lib/i18n';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { dayOf, startOf, usual } from './moments';

type Props = {
  /** What is seen now. */
  at: string;
  onTime: (at: string) => void;
  onClose: () => void;
};

/** Asks for the day to read on from. */
export function JumpDialog({ at, onTime, onClose }: Props) {
  const today = dayOf(new Date());
  const [day, setDay] = useState(dayOf(new Date(at)));
  const go = (to: string) => {
    onClose();
    onTime(to);
  };
  return (
    <Dialog title={t('timeline.jump-to-date')} onClose={onClose}>
      <form
        className="jump-form"
        onSubmit={(event) => {
          event.preventDefault();
          const begins = startOf(day);
          if (begins) go(begins);
        }}
      >
        <TextField
          label={t('jump.date')}
          type="date"
          required
          max={today}
          value={day}
          data-autofocus
          onValue={setDay}
        />
        <ul className="jump-usual">
          {usual(new Date()).map(({ name, to }) => (
            <li key={name}>
              <button type="button" className="button" onClick={() => go(to)}>
                {t(`jump.${name}`)}
              </button>
            </li>
          ))}
        </ul>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary">
            {t('jump.go')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
