'use client';
import type { Delivery } from '../../lib/api/types';
import { fullTime, ledgerTime, sentence, until } from '../../lib/format';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { useAccount } from '../../lib/sync/hooks';
import { DeliveryMark, statusText } from '../../ui/delivery-mark';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { useNow } from '../../ui/use-now';
import { Blocker } from './blocker';
import { DeliveryActions } from './delivery-actions';
import { Attempts } from './delivery-attempts';

type Props = {
  delivery: Delivery;
  conversationId: string;
  /** It waits for another way. */
  later: boolean;
  /** The way in whose place this one is. */
  base: Delivery | undefined;
  /** The way that goes in its place. */
  successor: Delivery | undefined;
};

/** One way a message went: where to, why, how it stands, every try, and what happens next. */
export function DeliveryEntry({ delivery, conversationId, later, base, successor }: Props) {
  const account = useAccount(delivery.accountId);
  const { status, reason } = delivery;
  const said = delivery.attempts.some((attempt) => attempt.reason === reason);
  return (
    <li className={base ? 'entry entry-stand-in' : 'entry'} data-status={status}>
      <span className="entry-rail" aria-hidden="true">
        <DeliveryMark status={status} />
      </span>
      <div className="entry-main">
        <h3 className="entry-head">
          <NetworkGlyph network={delivery.network} channel={delivery.channel} quiet />
          <span className="entry-name">{networkName(delivery.network)}</span>
          <span className={`entry-status entry-${status}`}>{statusText(status)}</span>
        </h3>
        <dl className="facts">
          <dt>{t('ledger.to')}</dt>
          <dd>{delivery.target}</dd>
          <dt>{t('ledger.by-account')}</dt>
          <dd>
            {account?.name ?? t('ledger.removed')}
            {base && <InPlaceOf base={base} />}
          </dd>
          {delivery.why && (
            <>
              <dt>{t(`ledger.why-${delivery.channel}`)}</dt>
              <dd>{sentence(delivery.why)}</dd>
            </>
          )}
          {delivery.expiresAt && status === 'queued' && (
            <>
              <dt>{t('ledger.until')}</dt>
              <dd>
                {rich('ledger.then-fails', {
                  time: (
                    <time dateTime={delivery.expiresAt} title={fullTime(delivery.expiresAt)}>
                      {ledgerTime(delivery.expiresAt)}
                    </time>
                  ),
                })}
              </dd>
            </>
          )}
        </dl>
        {reason && !said && <p className="entry-reason">{sentence(reason)}</p>}
        <Attempts delivery={delivery} />
        {delivery.attempts.length === 0 && status === 'queued' && (
          <p className="entry-none">{later ? t('ledger.not-tried-later') : t('ledger.not-tried')}</p>
        )}
        {delivery.blockedBy && status === 'queued' && (
          <Blocker conversationId={conversationId} messageId={delivery.blockedBy} />
        )}
        {status !== 'failed' && status !== 'cancelled' && <NextStep delivery={delivery} />}
        {successor ? <Replaced by={successor} /> : <DeliveryActions delivery={delivery} />}
      </div>
    </li>
  );
}

function InPlaceOf({ base }: { base: Delivery }) {
  const account = useAccount(base.accountId);
  const name = account?.name ?? t('ledger.removed');
  return <span className="entry-instead">{t('ledger.in-place-of', { name })}</span>;
}

function Replaced({ by }: { by: Delivery }) {
  const account = useAccount(by.accountId);
  return <p className="entry-none">{t('ledger.took-over', { name: account?.name ?? t('ledger.another') })}</p>;
}

function NextStep({ delivery: { nextStep, dueAt, status } }: { delivery: Delivery }) {
  const waits = dueAt !== null && status === 'queued';
  const now = useNow(waits ? 1000 : null);
  if (!nextStep && !waits) return null;
  return (
    <p className="entry-next">
      {rich('ledger.next', {
        b: (words) => <b>{words}</b>,
        what: nextStep ? sentence(nextStep) : t('ledger.is-tried'),
      })}
      {waits && Date.parse(dueAt) > now && (
        <span className="entry-due" aria-hidden="true">
          {until(dueAt, now)}
        </span>
      )}
    </p>
  );
}
