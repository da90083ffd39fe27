'use client';
import type { Delivery, Message } from '../../lib/api/types';
import { fullTime, money } from '../../lib/format';
import { t } from '../../lib/i18n';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { Failure, Skeleton } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { costsOf, inChain, standingText } from './chain';
import { DeliveryEntry } from './delivery-entry';
import { MessageLinks } from './message-links';
import { removeMessage } from './message-verbs';
import { Recipients } from './recipients';
import { useLedger } from './use-ledger';
import { useMessage } from './use-message';
import { useRecipients } from './use-recipients';

type Props = { conversationId: string; messageId: string };

/** What became of one message: each person, each way it went, each try, and what happens next. Live while it is open. */
export function Ledger({ conversationId, messageId }: Props) {
  const { deliveries, error, reload } = useLedger(messageId);
  const { people, error: peopleError } = useRecipients(messageId);
  const message = useMessage(conversationId, messageId);
  const waiting = deliveries.filter((one) => one.status === 'queued');
  const several = (people?.length ?? 0) > 1;
  const ways = (shown: Delivery[]) => <Ways deliveries={shown} conversationId={conversationId} />;
  return (
    <div className="ledger">
      {message && <Head message={message} deliveries={deliveries} />}
      {(error ?? peopleError) && <Failure onRetry={reload}>{error ?? peopleError}</Failure>}
      {deliveries.length === 0 &&
        !error &&
        !several &&
        (message?.direction === 'in' ? <Received message={message} /> : <Skeleton rows={2} />)}
      {several && people ? (
        <Recipients people={people} deliveries={deliveries}>
          {ways}
        </Recipients>
      ) : (
        ways(deliveries)
      )}
      {message?.direction === 'out' && <MessageLinks messageId={messageId} tries={triesOf(deliveries)} />}
      {waiting.length > 1 && message && <CancelAll message={message} />}
    </div>
  );
}

const triesOf = (deliveries: Delivery[]): number => deliveries.reduce((sum, one) => sum + one.attempts.length, 0);

/** All ways of one person in the order they come up. */
function Ways({ deliveries, conversationId }: { deliveries: Delivery[]; conversationId: string }) {
  const first = Math.min(...deliveries.map((one) => one.step));
  return (
    <ol className="ledger-list">
      {inChain(deliveries).map((one) => (
        <DeliveryEntry
          key={one.id}
          delivery={one}
          conversationId={conversationId}
          later={one.step > first}
          base={deliveries.find((other) => other.id === one.standsInFor)}
          successor={deliveries.find((other) => other.standsInFor === one.id)}
        />
      ))}
    </ol>
  );
}

function Head({ message, deliveries }: { message: Message; deliveries: Delivery[] }) {
  const tries = triesOf(deliveries);
  const { recipients } = message;
  const sums = [
    recipients && recipients.total > 1 && standingText(recipients),
    deliveries.length > 0 && t('ledger.ways', { count: deliveries.length }),
    tries > 0 && t('ledger.tries', { count: tries }),
    ...costsOf(deliveries).map(money),
  ].filter(Boolean);
  const copy = () =>
    navigator.clipboard.writeText(JSON.stringify({ message, deliveries: inChain(deliveries) }, null, 2)).then(
      () => notify(t('ledger.copied')),
      () => notify(t('message.copy-refused')),
    );
  return (
    <figure className="ledger-message">
      <blockquote dir="auto">{message.text.slice(0, 600) || message.attachments[0]?.name}</blockquote>
      <figcaption>
        <time dateTime={message.sentAt}>{fullTime(message.sentAt)}</time>
        {sums.length > 0 && <span className="ledger-sum">{sums.join(' · ')}</span>}
      </figcaption>
      {deliveries.length > 0 && (
        <button type="button" className="button button-small ledger-copy" onClick={() => void copy()}>
          <Icon name="copy" size={14} /> {t('ledger.copy-json')}
        </button>
      )}
    </figure>
  );
}

function Received({ message }: { message: Message }) {
  return <p className="muted">{t('ledger.received', { name: message.sender.name })}</p>;
}

function CancelAll({ message }: { message: Message }) {
  const action = useAction();
  return (
    <div className="ledger-cancel">
      <button
        type="button"
        className="button button-quiet-danger"
        disabled={action.busy}
        onClick={() => void action.run(() => removeMessage(message))}
      >
        {t('ledger.cancel-all')}
      </button>
      <FormError text={action.error} />
    </div>
  );
}
