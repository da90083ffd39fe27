'use client';
import type { Contact, Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { link } from '../../lib/router';
import { useAccounts } from '../../lib/sync/hooks';
import { Field } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';
import { patchContact } from '../buddies/patch-contact';
import { patchSending } from './patch-sending';
import { defaultRouteId, useRoutes } from './saved';
import { sentenceOf } from './words';

type Stuck = NonNullable<Conversation['whenStuck']>;

const stuckChoices: Stuck[] = ['pass', 'wait', 'hold'];

type Props = { conversation: Conversation | undefined; contact?: Contact };

/** How messages to a person or a group are sent: the route, the account, and what waits for what. */
export function SendingSection({ conversation, contact }: Props) {
  const { routes } = useRoutes();
  const accounts = useAccounts();
  const action = useAction();
  const routed = contact ?? (conversation?.group ? conversation : undefined);
  const via = accounts.find((one) => one.id === conversation?.via);
  const chosen = routes?.find((one) => one.id === routed?.routeId);
  const standing = routes?.find((one) => one.id === defaultRouteId());
  const stuck = conversation?.whenStuck ?? 'wait';
  const setRoute = (routeId: string | null) =>
    action.run(async () => {
      if (contact) await patchContact(contact, { routeId });
      else if (conversation) await patchSending(conversation.id, { routeId });
    });
  if (!routed && !conversation) return null;
  return (
    <section className="section" aria-label={t('routes.sending')}>
      <h3>{t('routes.sending')}</h3>
      {routed && (
        <Field
          label={t('routes.route')}
          help={
            chosen
              ? t('route-words.whole', { sentence: sentenceOf(chosen.policy) })
              : routes?.length === 0
                ? rich('routes.none-saved', { link: (words) => <a href={link.settings}>{words}</a> })
                : standing
                  ? t('route-words.whole', { sentence: sentenceOf(standing.policy) })
                  : t('routes.usual-help')
          }
        >
          {(ids) => (
            <select
              className="input"
              {...ids}
              value={routed.routeId ?? ''}
              disabled={action.busy || !routes}
              onChange={(event) => void setRoute(event.target.value || null)}
            >
              <option value="">
                {standing ? t('routes.as-usual-named', { name: standing.name }) : t('routes.as-usual')}
              </option>
              {routes?.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {conversation && via && (
        <p className="forced">
          <span>
            {rich(via.state.is === 'online' ? 'routes.always-by' : 'routes.always-by-away', {
              name: via.name,
              b: (words) => <b>{words}</b>,
            })}
          </span>{' '}
          <button
            type="button"
            className="link-button"
            disabled={action.busy}
            onClick={() => void action.run(() => patchSending(conversation.id, { via: null }))}
          >
            {t('routes.no-longer')}
          </button>
        </p>
      )}
      {conversation && (
        <Field label={t('routes.when-stuck')} help={t(`routes.${stuck}-help`)}>
          {(ids) => (
            <select
              className="input"
              {...ids}
              value={stuck}
              disabled={action.busy}
              onChange={(event) => {
                const whenStuck = stuckChoices.find((value) => value === event.target.value);
                if (whenStuck) void action.run(() => patchSending(conversation.id, { whenStuck }));
              }}
            >
              {stuckChoices.map((value) => (
                <option key={value} value={value}>
                  {t(`routes.${value}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <FormError text={action.error} />
    </section>
  );
}
