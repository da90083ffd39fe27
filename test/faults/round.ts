import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type Parley } from '../support/parley.js';
import type { Lane } from './lanes.js';
import type { Random } from './random.js';

const SETTLE_MS = 180_000;
/** A message that is on its way from the server to the person when its delivery says sent. */
const ARRIVE_MS = 20_000;

export type Written = { lane: Lane; text: string; place: number; messageId: string };

export type Figures = {
  accepted: number;
  sent: number;
  unknown: number;
  failed: number;
  received: number;
  lost: string[];
  doubled: string[];
  disordered: string[];
  open: string[];
  reasons: string[];
};

/**
 * One round: a writer for each lane, each message with a number of its own; in the middle the fault; afterwards the
 * ledger of Parley beside what came at the real servers. A write that got no answer is repeated under its
 * idempotency key, as the web client does.
 */
export async function round(
  parley: Parley,
  lanes: readonly Lane[],
  random: Random,
  fault: () => Promise<void>,
): Promise<Figures> {
  const name = randomUUID().slice(0, 8);
  const written: Written[] = [];
  const writers = lanes.map((lane) => write(parley, lane, name, random.between(5, 60), written));
  await sleep(random.between(0, 500));
  await fault();
  await Promise.all(writers);
  return compare(parley, lanes, written);
}

async function write(parley: Parley, lane: Lane, round: string, gapMs: number, written: Written[]): Promise<void> {
  for (let place = 0; place < lane.load; place += 1) {
    const text = `${round} ${lane.name} number ${place}.`;
    const messageId = await accept(parley, lane, text);
    written.push({ lane, text, place, messageId });
    await sleep(gapMs);
  }
}

export async function accept(parley: Parley, lane: Lane, text: string): Promise<string> {
  const key = { 'idempotency-key': randomUUID() };
  const path = `/conversations/${lane.conversationId}/messages`;
  return eventually(async () => {
    const { status, text: said, json } = await parley.call('POST', path, { text, via: lane.accountId }, key);
    if (status === 201) return (json as { message: { id: string } }).message.id;
    throw new Error(`${status} ${said.slice(0, 300)}`);
  }, 120_000);
}

type Delivery = { status: string; reason?: string };

/** The furthest of a message's deliveries. */
async function statusOf(parley: Parley, messageId: string): Promise<Delivery> {
  const { items } = await parley.ok('GET', `/messages/${messageId}/deliveries`);
  const order = ['cancelled', 'failed', 'unknown', 'queued', 'sending', 'sent', 'delivered', 'read'];
  return items.sort((a: Delivery, b: Delivery) => order.indexOf(b.status) - order.indexOf(a.status))[0];
}

const isOpen = ({ status }: Delivery): boolean => status === 'queued' || status === 'sending';
const isSent = ({ status }: Delivery): boolean => ['sent', 'delivered', 'read'].includes(status);

export async function compare(parley: Parley, lanes: readonly Lane[], written: readonly Written[]): Promise<Figures> {
  const ends = new Map<Written, Delivery>();
  const settle = async () => {
    for (const one of written) {
      const known = ends.get(one);
      if (known === undefined || isOpen(known)) ends.set(one, await statusOf(parley, one.messageId));
    }
    return [...ends.values()].every((end) => !isOpen(end)) || undefined;
  };
  await eventually(settle, SETTLE_MS).catch(() => undefined);
  const sent = written.filter((one) => isSent(ends.get(one) ?? { status: '' }));
  await eventually(async () => (await missing(sent)).length === 0 || undefined, ARRIVE_MS).catch(() => undefined);
  const came = new Map<string, string[]>();
  for (const lane of lanes) came.set(lane.name, await lane.received());
  const times = ({ lane, text }: Written) => came.get(lane.name)?.filter((one) => one === text).length ?? 0;
  const ended = (status: string) => written.filter((one) => ends.get(one)?.status === status);
  const reasons = new Set<string>();
  for (const [one, end] of ends) if (!isSent(end)) reasons.add(`${one.lane.name} ${end.status}: ${end.reason}`);
  return {
    accepted: written.length,
    sent: sent.length,
    unknown: ended('unknown').length,
    failed: ended('failed').length + ended('cancelled').length,
    received: written.filter((one) => times(one) > 0).length,
    lost: await Promise.all(sent.filter((one) => times(one) === 0).map((one) => told(parley, one))),
    doubled: await Promise.all(written.filter((one) => times(one) > 1).map((one) => told(parley, one))),
    disordered: lanes.flatMap((lane) => disordered(lane, written, came.get(lane.name) ?? [])),
    open: await Promise.all(
      written.filter((one) => isOpen(ends.get(one) ?? { status: 'queued' })).map((one) => told(parley, one)),
    ),
    reasons: [...reasons],
  };
}

/** The text with its whole ledger: what is to be understood of a failure. */
async function told(parley: Parley, { lane, text, messageId }: Written): Promise<string> {
  const { state } = await parley.ok('GET', `/accounts/${lane.accountId}`);
  return `${text} ${JSON.stringify(state)} ${JSON.stringify((await parley.ok('GET', `/messages/${messageId}/deliveries`)).items)}`;
}

async function missing(sent: readonly Written[]): Promise<Written[]> {
  const gone: Written[] = [];
  for (const [lane, of] of Map.groupBy(sent, ({ lane }) => lane)) {
    const came = new Set(await lane.received());
    gone.push(...of.filter(({ text }) => !came.has(text)));
  }
  return gone;
}

/** Within one chat nothing overtakes. Mail is handed over by several processes at once: its order is the server's. */
function disordered(lane: Lane, written: readonly Written[], came: readonly string[]): string[] {
  if (lane.name === 'email') return [];
  const place = new Map(written.filter((one) => one.lane === lane).map((one) => [one.text, one.place]));
  const places = came.flatMap((text) => place.get(text) ?? []);
  return places.flatMap((now, index) => {
    const before = places[index - 1];
    return before !== undefined && before > now ? [`${lane.name}: ${now} after ${before}`] : [];
  });
}

export function sum(all: readonly Figures[]): Figures {
  const count = (read: (one: Figures) => number) => all.reduce((total, one) => total + read(one), 0);
  return {
    accepted: count((one) => one.accepted),
    sent: count((one) => one.sent),
    unknown: count((one) => one.unknown),
    failed: count((one) => one.failed),
    received: count((one) => one.received),
    lost: all.flatMap((one) => one.lost),
    doubled: all.flatMap((one) => one.doubled),
    disordered: all.flatMap((one) => one.disordered),
    open: all.flatMap((one) => one.open),
    reasons: [...new Set(all.flatMap((one) => one.reasons))],
  };
}
