import type { Delivery } from '../../lib/api/types';
import { fullTime, ledgerTime, money, sentence, took } from '../../lib/format';
import { t } from '../../lib/i18n';
import { DeliveryMark, statusText } from '../../ui/delivery-mark';

type Attempt = Delivery['attempts'][number];

const outcomeText = (outcome: Attempt['outcome']): string =>
  outcome === 'retry' ? t('ledger.failed-for-now') : statusText(outcome);

const outcomeMark: Record<Attempt['outcome'], Delivery['status']> = {
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  failed: 'failed',
  retry: 'failed',
  unknown: 'unknown',
};

/** Every try: when, what came of it and how long that took; by whom, under which id, at what cost. */
export function Attempts({ delivery: { attempts } }: { delivery: Delivery }) {
  if (attempts.length === 0) return null;
  return (
    <ol className="attempts" aria-label={t('ledger.tries-label')}>
      {attempts.map((attempt, index) => (
        <AttemptLine key={attempt.at} attempt={attempt} number={index + 1} />
      ))}
    </ol>
  );
}

function AttemptLine({ attempt, number }: { attempt: Attempt; number: number }) {
  const { at, outcome, reason, provider, providerId, parts, cost } = attempt;
  const facts = [
    provider && t('ledger.by', { name: provider }),
    parts !== undefined && parts > 1 && t('ledger.parts', { count: parts }),
    cost && money(cost),
  ].filter(Boolean);
  return (
    <li className="attempt">
      <span className="attempt-number" aria-hidden="true">
        {number}
      </span>
      <time className="attempt-at" dateTime={at} title={fullTime(at)}>
        {ledgerTime(at)}
      </time>
      <span className="attempt-outcome">
        <DeliveryMark status={outcomeMark[outcome]} size={12} />
        {outcomeText(outcome)}
      </span>
      <span className="attempt-took">{tookOf(attempt)}</span>
      {facts.length > 0 && <span className="attempt-more">{facts.join(' · ')}</span>}
      {providerId && (
        <span className="attempt-more attempt-id" title={t('ledger.network-id')}>
          {providerId}
        </span>
      )}
      {reason && (
        <span className={outcome === 'failed' ? 'attempt-more attempt-failed' : 'attempt-more'}>
          {sentence(reason)}
        </span>
      )}
    </li>
  );
}

function tookOf({ at, endedAt }: Attempt): string {
  if (!endedAt) return '';
  const ms = Date.parse(endedAt) - Date.parse(at);
  return took(ms);
}
