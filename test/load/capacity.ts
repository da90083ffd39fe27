import { fit, type Line } from './fit.ts';
import { networks } from './options.ts';
import type { Figures, Grown } from './series.ts';

/** What one more of each costs, out of the measured runs. */
export type Costs = {
  /** Processor time of a message at the largest rate that was measured, in ms. */
  serverMs: number;
  postgresMs: number;
  walBytes: number;
  tableBytes: number;
  /** Memory of a process without accounts, of an account, and of a user with a window. */
  baseMiB: number;
  account: Line;
  user: Line;
  /** Of one core, for each account that is idle. */
  idleCores: number;
};

export function costsOf({ runs, base }: NonNullable<Figures['growth']>): Costs {
  const of = (axis: Grown['axis']) => runs.filter((run) => run.axis === axis);
  const accounts = base.users * base.accounts;
  const memory = (axis: Grown['axis'], unit: number) =>
    fit(of(axis).map(({ factor, account }) => ({ x: factor * unit, y: account.memoryMiB.before })));
  const account = memory('accounts', accounts);
  const users = memory('users', base.users);
  const busiest = of('rate').at(-1)?.account;
  const idle = fit(
    of('users').map(({ factor, account: { idle: seen } }) => ({
      x: factor * accounts,
      y: seen.serverCores + seen.postgresCores,
    })),
  );
  return {
    serverMs: busiest?.perMessage.serverMs ?? Number.NaN,
    postgresMs: busiest?.perMessage.postgresMs ?? Number.NaN,
    walBytes: busiest?.perMessage.walBytes ?? Number.NaN,
    tableBytes: busiest?.perMessage.tableBytes ?? Number.NaN,
    baseMiB: account.start,
    account,
    user: { ...users, slope: users.slope - base.accounts * account.slope },
    idleCores: idle.slope,
  };
}

/** What people do, and how full machines may be. All of it is assumed, and said in the page. */
export const assumed = {
  /** Of each user. */
  accounts: networks.length,
  messagesADay: 120,
  windows: 0.3,
  /** The busiest hour of the day, of the mean; the curve that the runs play. */
  peak: 1.9,
  /** How busy a core may be in that hour. */
  busy: 0.5,
  /** Of one PostgreSQL: cores, and TB of its tables. */
  shardCores: 32,
  shardTB: 8,
  /** Of one process. */
  processMiB: 4_096,
};

export type Plan = {
  users: number;
  accounts: number;
  peakPerSecond: number;
  serverCores: number;
  postgresCores: number;
  processes: number;
  memoryGiB: number;
  diskTBaYear: number;
  walGBaDay: number;
  walMBaSecond: number;
  shards: number;
};

/** What so many users take, by arithmetic. */
export function planFor(users: number, costs: Costs): Plan {
  const accounts = users * assumed.accounts;
  const aDay = users * assumed.messagesADay;
  const peakPerSecond = (aDay / 86_400) * assumed.peak;
  const idle = costs.idleCores > 0 ? accounts * costs.idleCores : 0;
  const serverCores = Math.max(1, ((peakPerSecond * costs.serverMs) / 1_000 + idle) / assumed.busy);
  const postgresCores = Math.max(1, (peakPerSecond * costs.postgresMs) / 1_000 / assumed.busy);
  const living = accounts * Math.max(0, costs.account.slope) + users * assumed.windows * Math.max(0, costs.user.slope);
  const processes = Math.ceil(Math.max(serverCores, living / (assumed.processMiB - costs.baseMiB)));
  const diskTBaYear = (aDay * 365 * costs.tableBytes) / 1e12;
  return {
    ...{ users, accounts, peakPerSecond, serverCores, postgresCores, processes, diskTBaYear },
    memoryGiB: (living + processes * costs.baseMiB) / 1_024,
    walGBaDay: (aDay * costs.walBytes) / 1e9,
    walMBaSecond: (peakPerSecond * costs.walBytes) / 1e6,
    shards: Math.ceil(Math.max(postgresCores / assumed.shardCores, (3 * diskTBaYear) / assumed.shardTB)),
  };
}
