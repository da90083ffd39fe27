'use client';
import { useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Delivery, Message } from '../../lib/api/types';
import { fullTime } from '../../lib/format';
import { useStore } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { Failure, Skeleton } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { DeliveryEntry } from './delivery-entry';
import { removeMessage } from './message-actions';

/** What became of one message: each way it went, each try, and what happens next. Live while it is open. */
export function Ledger({ conversationId, messageId }: { conversationId: string; messageId: string }) {
  const { error, reload, fetched } = useLedger(messageId);
  const deliveries = useStore(`d:${messageId}`, () => [...(store.ledgers.get(messageId)?.values() ?? [])], [messageId]);
  const inView = useStore(`t:${conversationId}`, () => store.timelines.get(conversationId)?.get(messageId), [
    conversationId,
    messageId,
  ]);
  const message = inView ?? fetched;
  const ordered = [...deliveries].sort((a, b) => a.step - b.step || a.id.localeCompare(b.id));
  const waits = deliveries.some((one) => one.status === 'queued');
  return (
    <div className="ledger">
      {message && (
        <figure className="ledger-message">
          <blockquote dir="auto">{message.text.slice(0, 600) || message.attachments[0]?.name}</blockquote>
          <figcaption>
            <time dateTime={message.sentAt}>{fullTime(message.sentAt)}</time>
          </figcaption>
        </figure>
      )}
      {error && <Failure onRetry={reload}>{error}</Failure>}
      {deliveries.length === 0 &&
        !error &&
        (message?.direction === 'in' ? <Received message={message} /> : <Skeleton rows={2} />)}
      <ol className="ledger-list">
        {ordered.map((delivery) => (
          <DeliveryEntry key={delivery.id} delivery={delivery} later={isLater(delivery, ordered)} />
        ))}
      </ol>
      {waits && message && <CancelButton message={message} />}
    </div>
  );
}

function Received({ message }: { message: Message }) {
  return <p className="muted">{message.sender.name} wrote this; the ledger is of what you send.</p>;
}

const isLater = (delivery: Delivery, all: Delivery[]) => all.some((one) => one.step < delivery.step);

function useLedger(messageId: string) {
  const [error, setError] = useState<string | null>(null);
  const [fetched, setFetched] = useState<Message | undefined>();
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks anew
  useEffect(() => {
    const stop = new AbortController();
    const rows = store.ledgers.get(messageId) ?? new Map<string, Delivery>();
    store.ledgers.set(messageId, rows);
    setError(null);
    const params = { id: messageId };
    call('listDeliveries', { params, signal: stop.signal })
      .then(({ items }) => {
        for (const item of items) if ((rows.get(item.id)?.rev ?? -1) <= item.rev) rows.set(item.id, item);
        store.touch(`d:${messageId}`);
      })
      .catch((caught: unknown) => {
        if (!stop.signal.aborted) setError(messageOf(caught));
      });
    call('getMessage', { params, signal: stop.signal })
      .then(setFetched)
      .catch(() => {});
    return () => {
      stop.abort();
      if (store.ledgers.get(messageId) === rows) store.ledgers.delete(messageId);
    };
  }, [messageId, turn]);
  return { error, fetched, reload: () => setTurn((now) => now + 1) };
}

function CancelButton({ message }: { message: Message }) {
  const action = useAction();
  return (
    <div className="ledger-cancel">
      <button
        type="button"
        className="button button-quiet-danger"
        disabled={action.busy}
        onClick={() => void action.run(() => removeMessage(message))}
      >
        Cancel what has not been sent
      </button>
      {action.error && (
        <p className="field-error" role="alert">
          {action.error}
        </p>
      )}
    </div>
  );
}
