import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { both, whole } from '../bench/words.ts';
import { type Costs, costsOf, type Plan, planFor } from './capacity.ts';
import { axes, type Figures, type Grown, type Shared } from './series.ts';

const page = path.resolve('docs/capacity.md');
const two = (value: number): string => value.toFixed(2);
const amount = (value: number): string => (value < 10 ? Number(value.toPrecision(2)).toString() : whole(value));

/** Puts what was measured between its marks in docs/capacity.md. */
export function writePage({ growth, shared }: Figures): void {
  let text = readFileSync(page, 'utf8');
  if (growth) {
    const costs = costsOf(growth);
    text = replace(text, 'growth', `${measuredOn(growth)}\n\n${growthTable(growth.runs)}`);
    text = replace(text, 'costs', costsTable(costs));
    text = replace(text, 'plan', planTable([10_000, 1_000_000, 100_000_000].map((users) => planFor(users, costs))));
  }
  if (shared) text = replace(text, 'shared', `${measuredOn(shared)}\n\n${sharedTable(shared.runs)}`);
  writeFileSync(page, text);
}

const measuredOn = ({ date, machine }: { date: string; machine: string }) => `Measured on ${date}: ${machine}.`;

function growthTable(runs: Grown[]): string {
  const names = {
    users: 'users',
    accounts: 'accounts of each user',
    rate: 'messages a second',
    history: 'messages from before',
  };
  const rows = axes.flatMap((axis) =>
    runs
      .filter((run) => run.axis === axis)
      .map(({ factor, account: { perMessage, memoryMiB, idle, latency } }) => [
        `${names[axis]} ${factor}×`,
        two(perMessage.serverMs),
        two(perMessage.postgresMs),
        whole(perMessage.walBytes),
        two(idle.serverCores + idle.postgresCores),
        `${memoryMiB.before.toFixed(0)} + ${memoryMiB.postgres.toFixed(0)}`,
        latency.in.irc ? both(latency.in.irc) : '',
        latency.out.irc ? both(latency.out.irc) : '',
      ]),
  );
  const head = ['1×, one thing grown', 'server, ms a message', 'PostgreSQL, ms a message', 'WAL, bytes a message'];
  return table([...head, 'idle, cores', 'MiB: server + PostgreSQL', 'IRC in: p50, p99', 'IRC out: p50, p99'], rows);
}

function costsTable({ account, user, baseMiB, ...costs }: Costs): string {
  const kib = (mib: number) => `${(mib * 1_024).toFixed(0)} KiB`;
  return table(
    ['one more', 'costs', 'from 4× to 8×, of the whole line'],
    [
      ['process', `${baseMiB.toFixed(0)} MiB`, ''],
      ['account, connected', `${kib(account.slope)} of memory`, `${two(account.bend)}×`],
      ['user with an open window, without accounts', `${kib(user.slope)} of memory`, `${two(user.bend)}×`],
      ['account, idle', `${(Math.max(0, costs.idleCores) * 1e6).toFixed(1)} µs of processor a second`, ''],
      ['message', `${two(costs.serverMs)} ms in the server, ${two(costs.postgresMs)} ms in PostgreSQL`, ''],
      ['message, kept', `${whole(costs.tableBytes)} bytes of tables and indexes, ${whole(costs.walBytes)} of WAL`, ''],
    ],
  );
}

function sharedTable(runs: Shared[]): string {
  const first = (work: string) => runs.find((run) => run.work === work)?.account.perSecond ?? Number.NaN;
  const rows = runs.map(({ work, processes, account: { perSecond, perMessage, seconds } }) => [
    work,
    processes,
    `${whole(perSecond)} msg/s (${two(perSecond / first(work))}×)`,
    two(perMessage.serverMs),
    two(perMessage.postgresMs),
    `${seconds.server.toFixed(1)} + ${seconds.postgres.toFixed(1)} + ${seconds.generator.toFixed(1)} of ${seconds.played.toFixed(1)}`,
  ]);
  const head = ['work', 'processes', 'throughput', 'server, ms a message', 'PostgreSQL, ms a message'];
  return table([...head, 'processor seconds: server + PostgreSQL + generator, of seconds'], rows);
}

function planTable(plans: Plan[]): string {
  const row = (name: string, read: (plan: Plan) => number, unit = '') => [
    name,
    ...plans.map((plan) => `${amount(read(plan))}${unit}`),
  ];
  return table(
    ['', ...plans.map(({ users }) => `${whole(users)} users`)],
    [
      row('accounts connected', (plan) => plan.accounts),
      row('messages a second in the busiest hour', (plan) => plan.peakPerSecond),
      row('cores of servers (api and connector)', (plan) => plan.serverCores),
      row('processes of them, one core each', (plan) => plan.processes),
      row('their memory', (plan) => plan.memoryGiB, ' GiB'),
      row('cores of PostgreSQL', (plan) => plan.postgresCores),
      row('shards of PostgreSQL', (plan) => plan.shards),
      row('tables and indexes a year, all shards', (plan) => plan.diskTBaYear, ' TB'),
      row('WAL a day, all shards', (plan) => plan.walGBaDay, ' GB'),
      row('WAL in the busiest hour, all shards', (plan) => plan.walMBaSecond, ' MB/s'),
    ],
  );
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

function replace(text: string, name: string, measured: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for ${name}`);
  return `${text.slice(0, from)}${begin}\n\n${measured}\n\n${text.slice(to)}`;
}
