'use client';
import { Fragment } from 'react';
import type { DeliveryStatus, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { DeliveryMark, statusText } from '../../ui/delivery-mark';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { standingParts, standingText } from './chain';
import { retryMessage } from './message-verbs';
import { Waiting } from './waiting';

const isTrouble = (status: DeliveryStatus | undefined) => status === 'failed' || status === 'unknown';

/** The state of a message beside it: one mark, which leads to the ledger. */
export function DeliveryMeta({ message, several }: { message: Message; several: boolean }) {
  const to = link.ledger(message.conversationId, message.id);
  const deliveries = message.deliveries ?? [];
  const words = deliveries
    .map((one) => `${networkName(one.network)} ${statusText(one.status).toLowerCase()}`)
    .join(', ');
  const people = isToPeople(message) && standingText(message.recipients);
  const label = people || words || (message.status ? statusText(message.status) : t('message.delivery'));
  return (
    <a className="message-meta" href={to} aria-label={t('message.delivery-of', { state: label })} title={label}>
      {several && deliveries.length < 2 && <NetworkGlyph network={message.network} quiet />}
      {message.status && <DeliveryMark status={message.status} />}
    </a>
  );
}

type ToPeople = Message & { recipients: NonNullable<Message['recipients']> };
const isToPeople = (message: Message): message is ToPeople => (message.recipients?.total ?? 0) > 1;

/** Words below a message to several people, or one that went by several channels, waits or came to nothing. */
export function DeliveryLine({ message }: { message: Message }) {
  if (isToPeople(message)) return <PeopleLine message={message} />;
  const deliveries = message.deliveries ?? [];
  const troubled = isTrouble(message.status) || deliveries.some((one) => isTrouble(one.status));
  if (deliveries.length < 2 && !troubled) {
    return message.status === 'queued' ? <Waiting message={message} /> : null;
  }
  return (
    <p className="deliveries">
      {(deliveries.length > 0
        ? deliveries
        : [{ id: message.id, network: message.network, status: message.status ?? 'unknown' }]
      ).map((one) => (
        <span key={one.id} className={`delivered delivered-${one.status}`}>
          <NetworkGlyph network={one.network} size={13} />
          <DeliveryMark status={one.status} size={13} />
          <span aria-hidden="true">{statusText(one.status)}</span>
        </span>
      ))}
      {troubled && (
        <span className="delivered-next">
          {message.status === 'unknown' ? (
            <a href={link.ledger(message.conversationId, message.id)}>{t('message.what-happened')}</a>
          ) : (
            <>
              <button type="button" className="link-button" onClick={() => void retryMessage(message)}>
                {t('common.try-again')}
              </button>
              <a href={link.ledger(message.conversationId, message.id)}>{t('message.why')}</a>
            </>
          )}
        </span>
      )}
    </p>
  );
}

/** How far it is with everybody, which leads to who it is that has it. */
function PeopleLine({ message }: { message: ToPeople }) {
  return (
    <p className="deliveries">
      <a className="standing" href={link.ledger(message.conversationId, message.id)}>
        {standingParts(message.recipients).map(({ text, bad }, index) => (
          <Fragment key={text}>
            {index > 0 && ' · '}
            <span className={bad ? 'standing-bad' : undefined}>{text}</span>
          </Fragment>
        ))}
      </a>
    </p>
  );
}
