import { parseArgs } from 'node:util';

/** The networks that are played, and what share of the messages each has where a user has accounts on all. */
export const networks = ['irc', 'xmpp', 'email'] as const;
export type Network = (typeof networks)[number];
export const shares: Record<Network, number> = { irc: 0.7, xmpp: 0.25, email: 0.05 };

export type LoadOptions = {
  users: number;
  /** Accounts of each user, on the networks in turn. */
  accounts: number;
  /** People each account talks with. */
  chats: number;
  /** Open windows of each user. */
  browsers: number;
  /** How long it is played, in seconds. */
  seconds: number;
  /** Messages a second, both ways, on average over the run; 0: all at once, as fast as they are taken. */
  rate: number;
  /** With a rate of 0: how many. */
  messages: number;
  /** What part of the messages the users send. */
  out: number;
  /** How often each window loses its connection during the run, on average. */
  reconnects: number;
  /** Messages that each user has from before. */
  history: number;
  /** Before that, so that what is compiled late is compiled: so many seconds at 30 messages a second, which count for no cost. */
  warm: number;
  /** Without work, everything connected: how long that is looked at first, in seconds. */
  idle: number;
  /** Roles of each process; one alone runs on its embedded default, several share a PostgreSQL and a Redis. */
  processes: string[];
  seed: number;
  /** Tells which statements PostgreSQL spent its time with, by pg_stat_statements on a database of its own. */
  statements: boolean;
};

export const defaults: LoadOptions = {
  ...{ users: 10, accounts: 3, chats: 8, browsers: 1, seconds: 60, rate: 20, messages: 10_000, out: 0.25, warm: 5 },
  ...{ reconnects: 1, history: 0, idle: 5, processes: ['all'], seed: 1, statements: false },
};

const most: Record<Exclude<keyof LoadOptions, 'processes' | 'statements'>, number> = {
  ...{ users: 5_000, accounts: 50, chats: 200, browsers: 20, seconds: 3_600, rate: 20_000, messages: 1_000_000 },
  ...{ out: 1, warm: 60, reconnects: 100, history: 1_000_000, idle: 600, seed: 2 ** 32 - 1 },
};

/** `--processes 4`, or the roles of each: `--processes api api connector,worker connector`. */
function processesOf(words: string[]): string[] {
  const [first = 'all'] = words;
  if (words.length > 1 || !/^\d+$/.test(first)) return words;
  return Array.from({ length: Math.max(1, Number(first)) }, () => 'all');
}

/** What the words after `npm run load --` ask for. `series`: parts of docs/capacity.md to measure; `write`: its tables anew. */
export function readOptions(words: string[]): { options: LoadOptions; series: string[]; write: boolean } {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(Object.keys(most).map((name) => [name, { type: 'string' as const }])),
      processes: { type: 'string' },
      statements: { type: 'boolean' },
      series: { type: 'string', multiple: true },
      write: { type: 'boolean' },
    },
  });
  const given: Record<string, unknown> = values;
  const asked = (name: keyof typeof most): number => {
    const value = given[name] === undefined ? defaults[name] : Number(given[name]);
    if (value >= 0 && value <= most[name]) return value;
    throw new RangeError(`--${name} is ${String(given[name])}, and must be a number from 0 to ${most[name]}`);
  };
  const processes = values.processes === undefined ? [] : [values.processes, ...positionals];
  const { processes: usual, statements: _, ...counted } = defaults;
  const options = {
    ...counted,
    processes: processes.length > 0 ? processesOf(processes) : usual,
    statements: values.statements === true,
  };
  for (const name of Object.keys(counted) as (keyof typeof counted)[]) options[name] = asked(name);
  return { options, series: values.series ?? [], write: values.write === true };
}
