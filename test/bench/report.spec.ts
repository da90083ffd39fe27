import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readKept } from './kept.ts';
import type { Line } from './part.ts';
import { parts } from './parts.ts';
import { render, table, tell } from './report.ts';

const at = { date: '2026-01-02', machine: 'a machine', loadBefore: 0.1, loadAfter: 1 };

describe('a table', () => {
  it('has a column for each program that did the same, and one for the goals', () => {
    const lines: Line[] = [
      { what: 'a', parley: '1', against: { ZNC: '2' }, goal: '≤ 1', met: true },
      { what: 'b', parley: '3', against: { 'bare relay': '4' }, goal: '≤ 2', met: false },
    ];
    expect(table(lines)).toBe(
      [
        '| measured | Parley | ZNC | bare relay | goal             |',
        '|----------|--------|-----|------------|------------------|',
        '| a        | 1      | 2   |            | ≤ 1 (met)        |',
        '| b        | 3      |     | 4          | ≤ 2 (**missed**) |',
      ].join('\n'),
    );
    expect(table([{ what: 'a', parley: '1' }])).not.toContain('goal');
  });

  it('says under which conditions each part was measured', () => {
    const told = tell([
      { name: 'one', at, lines: [], notes: [] },
      { name: 'two', at: { ...at, loadAfter: 2 }, lines: [], notes: ['ZNC 1'] },
      { name: 'three', at: { ...at, date: '2026-01-03' }, lines: [], notes: [] },
    ]);
    expect(told.split('\n\n')[0]?.split('\n')).toEqual([
      'Measured on 2026-01-02: a machine.',
      'Load average before and after each part: one 0.1, 1.0; two 0.1, 2.0.',
      'Measured on 2026-01-03: a machine.',
      'Load average before and after each part: three 0.1, 1.0.',
      'Generator, server, database and measuring client share the cores.',
      'ZNC 1',
    ]);
  });
});

describe('docs/benchmarks.md', () => {
  it('says what the committed figures say (`npm run bench -- --table` writes it anew)', () => {
    const page = readFileSync('docs/benchmarks.md', 'utf8');
    expect(render(parts, page)).toBe(page);
  });

  it.each(parts.map((part) => [part.name, part] as const))('%s: its ratios are those that are kept', (_name, part) => {
    const kept = readKept(part);
    const names = kept?.measured.ratios.map(({ what }) => what) ?? [];
    expect(Object.keys(kept?.ratios ?? {}).sort()).toEqual([...names].sort());
  });
});
