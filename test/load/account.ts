import type { Spread } from '../bench/statistics.ts';
import { type Network, networks } from './options.ts';
import type { Played } from './play.ts';
import { type Count, count, isClean, latencies, sumOf } from './reckoning.ts';
import { keyOf, type Way } from './stamps.ts';

/** The account of a run: what became of each message, how long it took, and what it cost. */
export type Account = {
  messages: { in: number; out: number };
  /** Each message, once in the database, once in each window of its user; each accepted one once on its network. */
  counts: { database: Count; windows: Count; wire: Count };
  refused: string[];
  reconnects: number;
  latency: { in: Partial<Record<Network, Spread>>; out: Partial<Record<Network, Spread>>; answered: Spread };
  perSecond: number;
  /** For each message beyond what the same time costs idle. */
  perMessage: { serverMs: number; postgresMs: number; walBytes: number; tableBytes: number; commits: number };
  idle: { serverCores: number; postgresCores: number; commitsPerSecond: number };
  seconds: { played: number; server: number; postgres: number; generator: number };
  memoryMiB: { before: number; after: number; postgres: number };
  lagMs: number;
};

export function accountOf(played: Played): Account {
  const { plan, written, accepted, windows, wire, used, idle } = played;
  const incoming = new Set(written.map(({ chat, sequence }) => keyOf('in', chat, sequence)));
  const outgoing = new Set(accepted.map(({ key }) => key));
  const both = new Set([...incoming, ...outgoing]);
  const owners = new Map<string, number>();
  for (const { index, user } of plan.chats)
    for (const way of ['in', 'out'] as const) owners.set(runOf(way, index), user);
  const ofUser = new Map<number, Set<string>>();
  for (const key of both) {
    const user = owners.get(key.split(':')[0] ?? '') ?? -1;
    ofUser.set(user, (ofUser.get(user) ?? new Set()).add(key));
  }
  const cold = plan.acts.filter(({ kind, at }) => (kind === 'in' || kind === 'out') && at < plan.warmMs).length;
  const messages = Math.max(1, both.size - cold);
  const idleFor = (name: 'serverSeconds' | 'postgresSeconds' | 'commits') =>
    (idle[name] / Math.max(1, idle.seconds)) * used.seconds;
  const beyond = (name: 'serverSeconds' | 'postgresSeconds' | 'commits') =>
    (used[name] - (idle.seconds < 1 ? 0 : idleFor(name))) / messages;
  return {
    messages: { in: incoming.size, out: outgoing.size },
    counts: {
      database: count(both, played.stored),
      windows: sumOf(windows.map(({ user, came }) => count(ofUser.get(user) ?? new Set(), came))),
      wire: count(outgoing, wire),
    },
    refused: played.refused,
    reconnects: windows.reduce((sum, one) => sum + one.reconnects, 0),
    latency: {
      in: byNetwork(played, 'in'),
      out: byNetwork(played, 'out'),
      answered: latencies(accepted.map((one) => ({ ...one, key: '' }))),
    },
    perSecond: messages / played.seconds,
    perMessage: {
      serverMs: beyond('serverSeconds') * 1_000,
      postgresMs: beyond('postgresSeconds') * 1_000,
      walBytes: used.walBytes / messages,
      tableBytes: used.tableBytes / messages,
      commits: beyond('commits'),
    },
    idle: {
      serverCores: idle.serverSeconds / idle.seconds,
      postgresCores: idle.postgresSeconds / idle.seconds,
      commitsPerSecond: idle.commits / idle.seconds,
    },
    seconds: {
      played: played.seconds,
      server: used.serverSeconds,
      postgres: used.postgresSeconds,
      generator: played.generatorSeconds,
    },
    memoryMiB: {
      before: played.memory.before.pssKiB / 1_024,
      after: played.memory.after.pssKiB / 1_024,
      postgres: played.memory.postgresKiB / 1_024,
    },
    lagMs: played.lagMs,
  };
}

/** That nothing was lost, doubled or out of order anywhere, and nothing refused. */
export const isWell = ({ counts, refused }: Account): boolean =>
  refused.length === 0 && [counts.database, counts.windows, counts.wire].every(isClean);

const runOf = (way: Way, chat: number): string => keyOf(way, chat, 0).split(':')[0] ?? '';

function byNetwork({ plan, windows, wire }: Played, way: Way): Partial<Record<Network, Spread>> {
  const networkOf = new Map(plan.chats.map(({ index, network }) => [runOf(way, index), network]));
  const came = way === 'in' ? windows.flatMap((one) => one.came) : wire;
  const found: Partial<Record<Network, Spread>> = {};
  for (const network of networks) {
    const some = came.filter(({ key }) => networkOf.get(key.split(':')[0] ?? '') === network);
    if (some.length > 0) found[network] = latencies(some);
  }
  return found;
}
