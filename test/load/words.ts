import { both, ms, whole } from '../bench/words.ts';
import type { Account } from './account.ts';
import type { Count } from './reckoning.ts';

const counted = ({ sent, lost, doubled, disordered }: Count) =>
  `${whole(sent)} messages: ${lost} lost, ${doubled} doubled, ${disordered} out of order`;

/** The account of a run, for people. */
export function told(account: Account): string {
  const { messages, counts, latency, perMessage, idle, seconds, memoryMiB } = account;
  const spreads = (way: 'in' | 'out') =>
    Object.entries(latency[way]).map(([network, spread]) => [`${network} ${way}: p50, p99`, both(spread)]);
  const lines = [
    ['messages', `${whole(messages.in)} in, ${whole(messages.out)} out, ${whole(account.perSecond)} a second`],
    ['database', counted(counts.database)],
    [`windows, ${whole(account.reconnects)} reconnects`, counted(counts.windows)],
    ['networks', counted(counts.wire)],
    ['calls refused', [String(account.refused.length), ...new Set(account.refused.slice(0, 3))].join(' ')],
    ...spreads('in'),
    ...spreads('out'),
    ['call → answered: p50, p99', both(latency.answered)],
    ['event loop lag p99, worst process', ms(account.lagMs)],
    [
      'processor, whole run',
      `servers ${seconds.server.toFixed(1)} s, PostgreSQL ${seconds.postgres.toFixed(1)} s, generator ${seconds.generator.toFixed(1)} s of ${seconds.played.toFixed(1)} s`,
    ],
    [
      'processor a message',
      `servers ${perMessage.serverMs.toFixed(2)} ms, PostgreSQL ${perMessage.postgresMs.toFixed(2)} ms`,
    ],
    [
      'processor idle, cores',
      `servers ${idle.serverCores.toFixed(4)}, PostgreSQL ${idle.postgresCores.toFixed(4)}, ${idle.commitsPerSecond.toFixed(1)} transactions a second`,
    ],
    [
      'a message',
      `${whole(perMessage.walBytes)} bytes of WAL, ${whole(perMessage.tableBytes)} of tables and indexes, ${perMessage.commits.toFixed(2)} transactions`,
    ],
    [
      'memory of the servers',
      `${memoryMiB.before.toFixed(0)} MiB before, ${memoryMiB.after.toFixed(0)} MiB after; PostgreSQL ${memoryMiB.postgres.toFixed(0)} MiB`,
    ],
  ];
  const width = Math.max(...lines.map(([name = '']) => name.length));
  return lines.map(([name = '', value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}
