import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { machine } from '../bench/kept.ts';
import { type Account, accountOf } from './account.ts';
import { defaults, type LoadOptions } from './options.ts';
import { play } from './play.ts';

/** What is made larger, one at a time, and what 1× is. */
export const axes = ['users', 'accounts', 'rate', 'history'] as const;
export type Axis = (typeof axes)[number];
export const factors = [1, 2, 4, 8];
const once: LoadOptions = {
  ...defaults,
  ...{ users: 20, accounts: 3, chats: 4, rate: 8, seconds: 20, history: 1_000, idle: 10, warm: 12 },
};

/** The same work for one process and for several: all at once, as fast as it is taken. */
const work: Record<string, Partial<LoadOptions>> = {
  'in only': { out: 0, messages: 6_000 },
  'a quarter sent': { out: 0.25, messages: 2_000 },
};
const processes: Record<string, string[]> = {
  'one process': ['all'],
  'four, each all': ['all', 'all', 'all', 'all'],
  'two api, two connectors': ['api', 'api', 'connector,worker', 'connector'],
};

export type Grown = { axis: Axis; factor: number; account: Account };
export type Shared = { work: string; processes: string; account: Account };
/** What was measured of it, and when. */
type Measured<T> = { date: string; machine: string; base: LoadOptions; runs: T[] };
export type Figures = { growth?: Measured<Grown>; shared?: Measured<Shared> };
export const parts = ['growth', 'shared'] as const;
export type Part = (typeof parts)[number];

const file = path.resolve(import.meta.dirname, 'figures.json');
export const readFigures = (): Figures => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});

/** Measures a part, and keeps its figures beside those of the other. */
export async function measure(part: Part, tell: Tell): Promise<void> {
  const at = { date: new Date().toISOString().slice(0, 10), machine: machine(), base: once };
  const figures = readFigures();
  if (part === 'growth') figures.growth = { ...at, runs: await measureGrowth(tell) };
  else figures.shared = { ...at, runs: await measureShared(tell) };
  const rounded = (_key: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  writeFileSync(file, `${JSON.stringify(figures, rounded, 2)}\n`);
}

type Tell = (text: string) => void;

/** Users, accounts of each, messages a second and history at 1×, 2×, 4× and 8×, the others at 1×. */
async function measureGrowth(tell: Tell): Promise<Grown[]> {
  const first = await measured(once, '1×', tell);
  const grown: Grown[] = axes.map((axis) => ({ axis, factor: 1, account: first }));
  for (const axis of axes)
    for (const factor of factors.slice(1)) {
      // As many windows come back in each run, whatever the number of users.
      const reconnects = axis === 'users' ? once.reconnects / factor : once.reconnects;
      const options = { ...once, reconnects, [axis]: once[axis] * factor };
      const account = await measured(options, `${axis} ${factor}×`, tell);
      grown.push({ axis, factor, account });
    }
  return grown;
}

async function measureShared(tell: Tell): Promise<Shared[]> {
  const shared: Shared[] = [];
  for (const [name, more] of Object.entries(work))
    for (const [how, roles] of Object.entries(processes)) {
      const options = { ...once, rate: 0, history: 0, idle: 5, warm: 6, ...more, processes: roles };
      shared.push({ work: name, processes: how, account: await measured(options, `${name}, ${how}`, tell) });
    }
  return shared;
}

async function measured(options: LoadOptions, name: string, tell: Tell): Promise<Account> {
  const account = accountOf(await play(options, () => {}));
  const { serverMs, postgresMs } = account.perMessage;
  const cost = `${serverMs.toFixed(1)} + ${postgresMs.toFixed(1)} ms a message`;
  tell(`${name.padEnd(36)} ${cost}, ${account.perSecond.toFixed(0)} msg/s, ${account.memoryMiB.before.toFixed(0)} MiB`);
  return account;
}
