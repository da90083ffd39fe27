'use client';
import { useState } from 'react';
import { messageOf } from '../../lib/api/client';
import { t } from '../../lib/i18n';
import { notify } from '../../ui/notice';
import { type About, RemindDialog, setReminder } from './time-dialogs';

/** Puts a reminder away, or off. */
export function DueActions({ about, onDone = () => {} }: { about: About; onDone?: () => void }) {
  const [later, setLater] = useState(false);
  const done = () => void setReminder(about, null).then(onDone, (error: unknown) => notify(messageOf(error)));
  return (
    <span className="due-actions">
      <button type="button" className="button button-small" onClick={done}>
        {t('attention.done')}
      </button>
      <button type="button" className="button button-small" onClick={() => setLater(true)}>
        {t('attention.later')}
      </button>
      {later && (
        <RemindDialog
          about={about}
          onClose={() => {
            setLater(false);
            onDone();
          }}
        />
      )}
    </span>
  );
}
