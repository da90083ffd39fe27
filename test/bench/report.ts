import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Conditions, readKept } from './kept.ts';
import type { Line, Part } from './part.ts';

const page = path.resolve('docs/benchmarks.md');

export type Told = { name: string; at: Conditions; lines: Line[]; notes: string[] };

/** The page with every table anew, out of the figures files; what was never measured keeps what stands there. */
export function render(parts: readonly Part[], text = readFileSync(page, 'utf8')): string {
  const tables = new Set(parts.map(({ table }) => table));
  return [...tables].reduce((done, name) => {
    const told = parts
      .filter(({ table }) => table === name)
      .flatMap((part): Told[] => {
        const kept = readKept(part);
        return kept ? [{ name: part.name, at: kept.at, ...kept.measured }] : [];
      });
    return told.length === 0 ? done : replace(done, name, tell(told));
  }, text);
}

export function writePage(parts: readonly Part[]): void {
  writeFileSync(page, render(parts));
}

/** Conditions, notes and table of parts that stand in one place. */
export function tell(told: Told[]): string {
  const notes = told.flatMap((part) => part.notes);
  const head = [conditions(told), ...notes].join('\n');
  return `${head}\n\n${table(told.flatMap(({ lines }) => lines))}`;
}

/** What stands between the two marks of this name. */
function replace(text: string, name: string, measured: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for what is ${name}: ${begin} … ${end}`);
  return `${text.slice(0, from)}${begin}\n\n${measured}\n\n${text.slice(to)}`;
}

/** A column for each program that is compared, in the order of their first line; none where nothing is compared. */
export function table(lines: Line[]): string {
  const others = [...new Set(lines.flatMap(({ against = {} }) => Object.keys(against)))];
  const goals = lines.some(({ goal }) => goal !== undefined) ? ['goal'] : [];
  const head = ['measured', 'Parley', ...others, ...goals];
  const rows = lines.map(({ what, parley, against, goal = '', met }) => [
    what,
    parley,
    ...others.map((other) => against?.[other] ?? ''),
    ...(goals.length > 0 ? [goal && `${goal} ${met ? '(met)' : '(**missed**)'}`] : []),
  ]);
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** One sentence for all that was measured on one day on one machine, with the load average around each part. */
export function conditions(told: Pick<Told, 'name' | 'at'>[]): string {
  const where = Map.groupBy(told, ({ at }) => `Measured on ${at.date}: ${at.machine}.`);
  return [...where]
    .map(([measured, parts]) => {
      const loads = parts.map(({ name, at }) => `${name} ${at.loadBefore.toFixed(1)}, ${at.loadAfter.toFixed(1)}`);
      return `${measured}\nLoad average before and after each part: ${loads.join('; ')}.`;
    })
    .concat('Generator, server, database and measuring client share the cores.')
    .join('\n');
}
