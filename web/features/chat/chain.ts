import type { Delivery, DeliveryStatus, Message, Recipient } from '../../lib/api/types';

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
    have > 0 && `${have} of ${total} ${have === 1 ? 'has' : 'have'} it${read > 0 ? `, ${read} read` : ''}`,
    has(sent) && (have > 0 ? `${sent} sent` : `sent to ${sent} of ${total}`),
    onTheWay > 0 && `${onTheWay} on the way`,
    has(cancelled) && `${cancelled} cancelled`,
  ];
  const bad = [has(unknown) && `${unknown} in doubt`, has(failed) && `${failed} failed`];
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

type Section = { title: string; people: Recipient[] };

const sections: { title: string; of: DeliveryStatus[] }[] = [
  { title: 'Failed', of: ['failed'] },
  { title: 'In doubt', of: ['unknown'] },
  { title: 'On the way', of: ['sending', 'queued'] },
  { title: 'Have read it', of: ['read'] },
  { title: 'Have it', of: ['delivered'] },
  { title: 'Sent, no word of it yet', of: ['sent'] },
  { title: 'Cancelled', of: ['cancelled'] },
];

/** People by how far it is with them, those with trouble first. */
export function byStanding(people: Recipient[]): Section[] {
  return sections
    .map(({ title, of }) => ({
      title,
      people: people.filter((one) => of.includes(one.status)).sort((a, b) => a.name.localeCompare(b.name)),
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
