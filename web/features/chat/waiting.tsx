'use client';
import type { Delivery, Message } from '../../lib/api/types';
import { sentence, until } from '../../lib/format';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { useNow } from '../../ui/use-now';
import { Blocker } from './blocker';
import { useLedger } from './use-ledger';

/** What goes out at once is over by then. */
const patienceMs = 1500;

/** Below a message that does not get on: what it is stuck at, or which one it waits for. */
export function Waiting({ message }: { message: Message }) {
  const { deliveries } = useLedger(message.id, patienceMs);
  const [first] = deliveries.filter((one) => one.status === 'queued').sort((a, b) => a.step - b.step);
  if (!first) return null;
  if (first.blockedBy) {
    return (
      <div className="deliveries">
        <Blocker conversationId={message.conversationId} messageId={first.blockedBy} />
      </div>
    );
  }
  return first.attempts.length > 0 ? <Stuck message={message} delivery={first} /> : null;
}

function Stuck({ message, delivery: { reason, attempts, dueAt } }: { message: Message; delivery: Delivery }) {
  const now = useNow(dueAt ? 1000 : null);
  const why = reason ?? attempts.at(-1)?.reason;
  return (
    <p className="deliveries">
      <span className="delivered delivered-stuck">
        {why ? t('timeline.not-out', { why: sentence(why) }) : t('timeline.not-out-yet')}
        {dueAt && Date.parse(dueAt) > now && (
          <span aria-hidden="true"> {t('timeline.next-try', { when: until(dueAt, now) })}</span>
        )}
      </span>
      <span className="delivered-next">
        <a href={link.ledger(message.conversationId, message.id)}>{t('timeline.why')}</a>
      </span>
    </p>
  );
}
