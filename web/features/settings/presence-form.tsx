'use client';
import { type FormEvent, useState } from 'react';
import { call } from '../../lib/api/client';
import type { PresenceState, User } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { setUser } from '../../lib/sync/user';
import { PresenceDot, presenceText } from '../../ui/presence-dot';
import { useAction } from '../../ui/use-action';

export type OwnState = Exclude<PresenceState, 'unknown'>;
export const ownStates: OwnState[] = ['online', 'away', 'dnd', 'offline'];

/** State and note, told to every network that has presence. */
export function PresenceForm({ user, onDone }: { user: User; onDone?: () => void }) {
  const [note, setNote] = useState(user.presence.note ?? '');
  const action = useAction();
  const { state: now } = user.presence;
  const save = (state: OwnState) =>
    action.run(async () => {
      const said = note.trim();
      setUser(await call('setPresence', { body: { state, ...(said ? { note: said } : {}) } }));
    });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await save(now === 'unknown' ? 'online' : now)) onDone?.();
  };
  return (
    <form className="presence-form" onSubmit={submit} noValidate>
      <fieldset className="presence-states" aria-label={t('session.presence')}>
        {ownStates.map((state) => (
          <button
            key={state}
            type="button"
            className="menu-item"
            data-roving
            aria-pressed={state === now}
            disabled={action.busy}
            onClick={() => void save(state)}
          >
            <PresenceDot state={state} quiet />
            {presenceText(state)}
          </button>
        ))}
      </fieldset>
      <div className="inline-form">
        <input
          className="input"
          aria-label={t('session.note')}
          placeholder={t('session.note-placeholder')}
          maxLength={200}
          autoComplete="off"
          value={note}
          aria-invalid={action.error ? true : undefined}
          onChange={(event) => setNote(event.target.value)}
        />
        <button type="submit" className="button" disabled={action.busy || note.trim() === (user.presence.note ?? '')}>
          {t('session.save')}
        </button>
      </div>
      {action.error && (
        <p className="field-error" role="alert">
          {action.errors.note ?? action.error}
        </p>
      )}
    </form>
  );
}
