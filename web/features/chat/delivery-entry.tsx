'use client';
import { call } from '../../lib/api/client';
import type { Delivery } from '../../lib/api/types';
import { fullTime, ledgerTime, money, sentence, until } from '../../lib/format';
import { applyChange } from '../../lib/sync/apply';
import { useAccount } from '../../lib/sync/hooks';
import { DeliveryMark, statusText } from '../../ui/delivery-mark';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { useAction } from '../../ui/use-action';
import { useNow } from '../../ui/use-now';

type Attempt = Delivery['attempts'][number];

const outcomeText: Record<Attempt['outcome'], string> = {
  sending: 'Sending',
  sent: 'Sent',
  delivered: 'Delivered',
  failed: 'Failed',
  retry: 'Did not go through',
  unknown: 'Outcome not known',
};

const outcomeMark: Record<Attempt['outcome'], Delivery['status']> = {
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  failed: 'failed',
  retry: 'failed',
  unknown: 'unknown',
};

/** One way a message went: where to, how it stands, every try, and what happens next. `later`: it waits for another way. */
export function DeliveryEntry({ delivery, later }: { delivery: Delivery; later: boolean }) {
  const account = useAccount(delivery.accountId);
  const { status } = delivery;
  const again = status === 'failed' || status === 'unknown' || status === 'cancelled';
  return (
    <li className="entry" data-status={status}>
      <h3 className="entry-head">
        <NetworkGlyph network={delivery.network} channel={delivery.channel} quiet />
        <span className="entry-name">{networkName(delivery.network)}</span>
        <span className={`entry-status entry-${status}`}>
          <DeliveryMark status={status} />
          <span aria-hidden="true">{statusText[status]}</span>
        </span>
      </h3>
      <dl className="facts">
        <dt>To</dt>
        <dd>{delivery.target}</dd>
        <dt>By</dt>
        <dd>{account?.name ?? 'A removed account'}</dd>
      </dl>
      {delivery.reason && <p className="entry-reason">{sentence(delivery.reason)}</p>}
      {delivery.attempts.length > 0 && (
        <ol className="attempts" aria-label="Tries">
          {delivery.attempts.map((attempt) => (
            <AttemptLine key={attempt.at} attempt={attempt} said={delivery.reason} />
          ))}
        </ol>
      )}
      {delivery.attempts.length === 0 && (
        <p className="entry-none">{later ? 'Not tried yet; it waits its turn.' : 'Not tried yet.'}</p>
      )}
      <NextStep delivery={delivery} />
      {again && <RetryButton delivery={delivery} />}
    </li>
  );
}

function AttemptLine({ attempt, said }: { attempt: Attempt; said: string | undefined }) {
  const ms = attempt.endedAt ? Date.parse(attempt.endedAt) - Date.parse(attempt.at) : null;
  const details = [
    ms !== null && (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`),
    attempt.parts !== undefined && attempt.parts > 1 && `${attempt.parts} parts`,
    attempt.provider && `by ${attempt.provider}`,
    attempt.cost && money(attempt.cost),
  ].filter(Boolean);
  return (
    <li className="attempt">
      <time className="attempt-at" dateTime={attempt.at} title={fullTime(attempt.at)}>
        {ledgerTime(attempt.at)}
      </time>
      <span className="attempt-what">
        <span className="attempt-outcome">
          <DeliveryMark status={outcomeMark[attempt.outcome]} size={12} />
          {outcomeText[attempt.outcome]}
          {details.length > 0 && <span className="attempt-details">{details.join(', ')}</span>}
        </span>
        {attempt.reason && attempt.reason !== said && (
          <span className="attempt-reason">{sentence(attempt.reason)}</span>
        )}
        {attempt.providerId && (
          <span className="attempt-id" title="The network’s own id">
            {attempt.providerId}
          </span>
        )}
      </span>
    </li>
  );
}

function NextStep({ delivery: { nextStep, dueAt, status } }: { delivery: Delivery }) {
  const waits = dueAt !== null && status === 'queued';
  const now = useNow(waits ? 1000 : null);
  if (!nextStep && !waits) return null;
  return (
    <p className="entry-next">
      <b>Next:</b> {nextStep ? sentence(nextStep) : 'It is tried.'}
      {waits && Date.parse(dueAt) > now && (
        <span className="entry-due" aria-hidden="true">
          {until(dueAt, now)}
        </span>
      )}
    </p>
  );
}

function RetryButton({ delivery }: { delivery: Delivery }) {
  const action = useAction();
  const retry = () =>
    action.run(async () => {
      const value = await call('retryDelivery', { params: { id: delivery.id } });
      applyChange({ kind: 'delivery', id: value.id, rev: value.rev, value });
    });
  return (
    <div className="entry-again">
      <button type="button" className="button" disabled={action.busy} onClick={() => void retry()}>
        {delivery.status === 'cancelled' ? 'Send after all' : 'Try again'}
      </button>
      {delivery.status === 'unknown' && (
        <span className="muted">It may have arrived; trying again may send it twice.</span>
      )}
      {action.error && (
        <p className="field-error" role="alert">
          {action.error}
        </p>
      )}
    </div>
  );
}
