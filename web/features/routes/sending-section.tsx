'use client';
import type { Contact, Conversation } from '../../lib/api/types';
import { sentence } from '../../lib/format';
import { link } from '../../lib/router';
import { useAccounts } from '../../lib/sync/hooks';
import { Field } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';
import { patchContact } from '../buddies/patch-contact';
import { patchSending } from './patch-sending';
import { defaultRouteId, useRoutes } from './saved';

type Stuck = NonNullable<Conversation['whenStuck']>;

const stuckWords: { value: Stuck; label: string; help: string }[] = [
  { value: 'pass', label: 'The next ones go first', help: 'Messages may arrive in another order.' },
  {
    value: 'wait',
    label: 'The next ones wait while it is tried',
    help: 'They go once it has failed, or nobody knows what became of it.',
  },
  {
    value: 'hold',
    label: 'The next ones wait until I decide',
    help: 'Nothing overtakes it: they go once it is sent, or you have decided.',
  },
];

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
  const stuck = stuckWords.find(({ value }) => value === (conversation?.whenStuck ?? 'wait'));
  const setRoute = (routeId: string | null) =>
    action.run(async () => {
      if (contact) await patchContact(contact, { routeId });
      else if (conversation) await patchSending(conversation.id, { routeId });
    });
  if (!routed && !conversation) return null;
  return (
    <section className="section" aria-label="Sending">
      <h3>Sending</h3>
      {routed && (
        <Field
          label="Route"
          help={
            chosen ? (
              sentence(chosen.sentence)
            ) : routes?.length === 0 ? (
              <>
                There is no saved route yet. <a href={link.settings}>Make one in the settings</a>
              </>
            ) : standing ? (
              sentence(standing.sentence)
            ) : (
              'Where they last wrote, or where they are most available.'
            )
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
              <option value="">As usual{standing ? ` (${standing.name})` : ''}</option>
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
            Always by <b>{via.name}</b>
            {via.state.is === 'online' ? '' : ', which is not connected: others are used meanwhile'}.
          </span>{' '}
          <button
            type="button"
            className="link-button"
            disabled={action.busy}
            onClick={() => void action.run(() => patchSending(conversation.id, { via: null }))}
          >
            No longer
          </button>
        </p>
      )}
      {conversation && (
        <Field label="When a message cannot go" help={stuck?.help}>
          {(ids) => (
            <select
              className="input"
              {...ids}
              value={stuck?.value}
              disabled={action.busy}
              onChange={(event) => {
                const whenStuck = stuckWords.find(({ value }) => value === event.target.value)?.value;
                if (whenStuck) void action.run(() => patchSending(conversation.id, { whenStuck }));
              }}
            >
              {stuckWords.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
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
