import type { Delivery, DeliveryStatus, Message, Recipient } from '../../lib/api/types';
import { t } from '../../lib/i18n';

/** Ways in the order of their steps; what stands in for a failed one comes right after it. */
export function inChain(deliveries: Delivery[]): Delivery[] {
  const ids = new Set(deliveries.map((one) => one.id));
  const inOrder = [...deliveries].sort((a, b) => a.step - b.step || a.id.localeCompare(b.id));
  const after = (base: Delivery): Delivery[] => [
    base,
    ...inOrder.filter((one) => one.standsInFor === base.id && one.id !== base.id).flatMap(after),
  ];
  return inOrder.filter((one) => !one.standsInFor || !ids.has(one.standsInFor)).flatMap(after);
}

type Counted = NonNullable<Message['recipients']>;

const has = (count: number | undefined): count is number => (count ?? 0) > 0;

/** "5 of 7 have it, 2 read", "1 failed": only what is proven is said of anybody. `bad` wants a person to look. */
export type StandingPart = { text: string; bad: boolean };

export function standingParts({ total, byStatus }: Counted): StandingPart[] {
  const { delivered = 0, read = 0, sent, queued = 0, sending = 0, failed, unknown, cancelled } = byStatus;
  const have = delivered + read;
  const onTheWay = queued + sending;
  const good = [
    have > 0 &&
      (read > 0 ? t('message.standing-read', { have, total, read }) : t('message.standing-have', { have, total })),
    has(sent) &&
      (have > 0 ? t('message.standing-sent', { count: sent }) : t('message.standing-sent-to', { count: sent, total })),
    onTheWay > 0 && t('message.standing-on-way', { count: onTheWay }),
    has(cancelled) && t('message.standing-cancelled', { count: cancelled }),
  ];
  const bad = [
    has(unknown) && t('message.standing-doubt', { count: unknown }),
    has(failed) && t('message.standing-failed', { count: failed }),
  ];
  const said = (texts: (string | false)[], isBad: boolean): StandingPart[] =>
    texts.flatMap((text) => (text === false ? [] : [{ text, bad: isBad }]));
  return [...said(good, false), ...said(bad, true)].map((part, index) =>
    index === 0 ? { ...part, text: part.text.charAt(0).toUpperCase() + part.text.slice(1) } : part,
  );
}

export const standingText = (counted: Counted): string =>
  standingParts(counted)
    .map((part) => part.text)
    .join(' · ');

type Standing = Exclude<DeliveryStatus, 'sending'>;
type Section = { standing: Standing; people: Recipient[] };

/** Those with trouble first; what is being sent is on the way as what waits is. */
const sections: Standing[] = ['failed', 'unknown', 'queued', 'read', 'delivered', 'sent', 'cancelled'];
const standingOf = ({ status }: Recipient): Standing => (status === 'sending' ? 'queued' : status);

/** People by how far it is with them, those with trouble first. */
export function byStanding(people: Recipient[]): Section[] {
  return sections
    .map((standing) => ({
      standing,
      people: people.filter((one) => standingOf(one) === standing).sort((a, b) => a.name.localeCompare(b.name)),
    }))
    .filter((section) => section.people.length > 0);
}

const sumOf = (amounts: string[]): string => {
  const digits = Math.max(...amounts.map((one) => (one.split('.')[1] ?? '').length));
  return amounts.reduce((sum, one) => sum + Number(one), 0).toFixed(digits);
};

/** What all tries cost together, by currency. */
export function costsOf(deliveries: Delivery[]): { amount: string; currency: string }[] {
  const costs = deliveries.flatMap((one) => one.attempts.flatMap(({ cost }) => (cost ? [cost] : [])));
  return [...new Set(costs.map((one) => one.currency))].map((currency) => ({
    currency,
    amount: sumOf(costs.filter((one) => one.currency === currency).map((one) => one.amount)),
  }));
}
