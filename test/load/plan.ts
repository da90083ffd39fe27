import { Random } from '../faults/random.ts';
import { type LoadOptions, type Network, networks, shares } from './options.ts';

export type PlannedAccount = { index: number; user: number; network: Network };
/** One person on the other side: `partner` is their number with this account. */
export type PlannedChat = { index: number; account: number; user: number; network: Network; partner: number };

/** What happens, `at` ms after the start. `sequence` counts the messages of a chat, each way by itself. */
export type Message = { at: number; chat: number; sequence: number };
export type Act =
  | ({ kind: 'in' | 'out' } & Message)
  | { kind: 'read' | 'typing'; at: number; chat: number }
  | { kind: 'leave'; at: number; browser: number; awayMs: number };

/** `warmMs`: what is done before that counts for no cost. */
export type Plan = {
  accounts: PlannedAccount[];
  chats: PlannedChat[];
  browsers: number[];
  acts: Act[];
  warmMs: number;
};

/** How busy each hour of a day is. Its peak, at 20 h, is 1.9 of the mean. */
const hours = [4, 2, 1, 1, 1, 2, 5, 10, 14, 16, 17, 18, 20, 18, 17, 17, 18, 19, 21, 24, 25, 21, 14, 8];

/** Messages a second while it warms up, and the pause after it. */
const warmRate = 30;
const pauseMs = 2_000;

/** One message in five is read by a call, one in ten is announced by typing. */
const reads = 0.2;
const typing = 0.1;

/** Who there is, and what they do; the same for the same options and seed. */
export function makePlan(options: LoadOptions): Plan {
  const random = new Random(options.seed);
  const accounts: PlannedAccount[] = [];
  for (let user = 0; user < options.users; user += 1)
    for (let at = 0; at < options.accounts; at += 1)
      accounts.push({ index: accounts.length, user, network: networks[at % networks.length] ?? 'irc' });
  const chats = accounts.flatMap(({ index: account, user, network }) =>
    Array.from({ length: options.chats }, (_, partner) => ({ index: 0, account, user, network, partner })),
  );
  for (const [index, chat] of chats.entries()) chat.index = index;
  const browsers = accounts.length === 0 ? [] : windows(options);
  const warmMs = options.warm === 0 ? 0 : options.warm * 1_000 + pauseMs;
  return { accounts, chats, browsers, warmMs, acts: actsOf(options, chats, { browsers, warmMs }, random) };
}

/** The user of each window. */
const windows = ({ users, browsers }: LoadOptions): number[] =>
  Array.from({ length: users * browsers }, (_, at) => Math.floor(at / browsers));

function actsOf(
  options: LoadOptions,
  chats: PlannedChat[],
  { browsers, warmMs }: Pick<Plan, 'browsers' | 'warmMs'>,
  random: Random,
): Act[] {
  const count = options.rate === 0 ? options.messages : Math.round(options.rate * options.seconds);
  const endMs = options.seconds * 1_000;
  const day = dayCurve(endMs);
  const moment = (even: number) => warmMs + day(even);
  const pick = choice(chats, random);
  const warm = Array.from({ length: options.warm * warmRate }, (_, at) => (at * 1_000) / warmRate);
  const measured = Array.from({ length: count }, () => (options.rate === 0 ? warmMs : moment(random.next())));
  const times = [...warm, ...measured.sort((a, b) => a - b)];
  const sequences = new Map<string, number>();
  const acts: Act[] = [];
  for (const at of times) {
    const chat = pick();
    const kind = random.next() < options.out ? 'out' : 'in';
    const sequence = sequences.get(`${kind}${chat}`) ?? 0;
    sequences.set(`${kind}${chat}`, sequence + 1);
    acts.push({ kind, at, chat, sequence });
    if (random.next() < reads) acts.push({ kind: 'read', at, chat });
    if (kind === 'out' && random.next() < typing) acts.push({ kind: 'typing', at: Math.max(0, at - 1_000), chat });
  }
  const leaves = options.rate === 0 ? 0 : Math.round(browsers.length * options.reconnects);
  for (let n = 0; n < leaves; n += 1) {
    const browser = random.between(0, browsers.length - 1);
    acts.push({ kind: 'leave', at: moment(random.next()), browser, awayMs: random.between(20, 2_000) });
  }
  return acts.sort((a, b) => a.at - b.at);
}

/** Turns an even number from 0 to 1 into a moment of the compressed day. */
export function dayCurve(endMs: number): (even: number) => number {
  const total = hours.reduce((sum, busy) => sum + busy, 0);
  return (even) => {
    let left = even * total;
    for (const [hour, busy] of hours.entries()) {
      if (left < busy) return ((hour + left / busy) / hours.length) * endMs;
      left -= busy;
    }
    return endMs;
  };
}

/** A network by its share, then one of its chats by Zipf's law: the second has half of the first, the third a third. */
function choice(chats: PlannedChat[], random: Random): () => number {
  const present = networks.map((network) =>
    shuffled(
      chats.filter((chat) => chat.network === network),
      random,
    ),
  );
  const networkOf = weighted(networks.map((network, at) => (present[at]?.length ? shares[network] : 0)));
  const chatOf = present.map((some) => weighted(some.map((_, rank) => 1 / (rank + 1))));
  return () => {
    const at = networkOf(random.next());
    return present[at]?.[chatOf[at]?.(random.next()) ?? 0]?.index ?? 0;
  };
}

/** Answers the place of a weight, each as often as it weighs, for an even number from 0 to 1. */
export function weighted(weights: number[]): (even: number) => number {
  const sums: number[] = [];
  let total = 0;
  for (const weight of weights) {
    total += weight;
    sums.push(total);
  }
  return (even) => {
    const wanted = even * total;
    let [low, high] = [0, Math.max(0, sums.length - 1)];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function shuffled<T>(some: T[], random: Random): T[] {
  return some
    .map((one) => ({ one, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}
