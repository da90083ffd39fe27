'use client';
import { useCallback, useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Audience } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Confirm } from '../../ui/confirm';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { PresenceDot, presenceText } from '../../ui/presence-dot';
import { Failure, Skeleton } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { AudienceForm } from './audience-form';
import { type OwnState, ownStates } from './presence-form';

type Wanted = { name: string; contactIds: string[] };

/** Named sets of contacts, each of which may see a presence of its own. */
export function Audiences() {
  const [audiences, setAudiences] = useState<Audience[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [dialog, setDialog] = useState<{ is: 'form' | 'remove'; audience: Audience | null } | null>(null);
  const action = useAction();
  const load = useCallback(async () => {
    setError(null);
    try {
      setAudiences((await call('listAudiences', {})).items);
    } catch (caught) {
      setError(messageOf(caught));
    }
  }, []);
  useEffect(() => void load(), [load]);
  const known = audiences ?? [];
  /** The server takes the list whole. */
  const put = async (items: Wanted[]) => {
    const body = { items: items.map(({ name, contactIds }) => ({ name, contactIds })) };
    setAudiences((await call('putAudiences', { body })).items);
  };
  const setPresence = (audience: Audience, state: OwnState) =>
    action.run(async () => {
      await call('setPresence', { body: { state, audience: audience.name } });
      await load();
    });
  const others = (audience: Audience | null) => known.filter((one) => one.id !== audience?.id);
  return (
    <section className="section" aria-label={t('settings.audiences')}>
      <h2>{t('settings.audiences')}</h2>
      <p className="muted">{t('settings.audiences-lead')}</p>
      {error && <Failure onRetry={() => void load()}>{error}</Failure>}
      {!audiences && !error && <Skeleton rows={1} />}
      <ul className="lines" aria-label={t('settings.audiences')} hidden={known.length === 0}>
        {known.map((audience) => (
          <li key={audience.id} className="line">
            <PresenceDot state={audience.presence?.state ?? 'unknown'} quiet />
            <span className="line-text">
              <span className="line-main">{audience.name}</span>
              <span className="line-sub">
                {t('settings.audience-line', {
                  people: audience.contactIds.length,
                  presence: audience.presence ? presenceText(audience.presence.state) : t('settings.usual'),
                })}
              </span>
            </span>
            <Menu
              label={t('settings.actions-for', { name: audience.name })}
              title={t('settings.actions')}
              trigger={<Icon name="more" />}
            >
              <p className="menu-title">{t('settings.see-you')}</p>
              {ownStates.map((state) => (
                <MenuItem
                  key={state}
                  checked={audience.presence?.state === state}
                  onSelect={() => void setPresence(audience, state)}
                >
                  <PresenceDot state={state} quiet /> {presenceText(state)}
                </MenuItem>
              ))}
              <hr className="menu-line" />
              <MenuItem onSelect={() => setDialog({ is: 'form', audience })}>
                <Icon name="edit" /> {t('settings.edit')}
              </MenuItem>
              <MenuItem danger onSelect={() => setDialog({ is: 'remove', audience })}>
                <Icon name="trash" /> {t('settings.remove')}
              </MenuItem>
            </Menu>
          </li>
        ))}
      </ul>
      <FormError text={action.error} />
      <p>
        <button
          type="button"
          className="button"
          disabled={!audiences}
          onClick={() => setDialog({ is: 'form', audience: null })}
        >
          <Icon name="plus" /> {t('settings.new-audience')}
        </button>
      </p>
      {dialog?.is === 'form' && (
        <AudienceForm
          audience={dialog.audience}
          onSave={(wanted) => put([...others(dialog.audience), wanted])}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog?.is === 'remove' && dialog.audience && (
        <Confirm
          title={t('settings.remove-name', { name: dialog.audience.name })}
          action={t('settings.remove')}
          danger
          work={() => put(others(dialog.audience))}
          onClose={() => setDialog(null)}
        >
          <p>{t('settings.remove-audience')}</p>
        </Confirm>
      )}
    </section>
  );
}
