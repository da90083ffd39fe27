import type { BenchServer, Person } from './server.ts';

/** A line of a table in docs/benchmarks.md. */
export type Line = {
  what: string;
  parley: string;
  /** The same by others in the same run, by the head of their column. */
  against?: Record<string, string>;
  goal?: string;
  met?: boolean;
};

/**
 * What `--check` compares: the more the worse. To the bare relay or another program in the same run, so that machines may
 * differ; or `exact`, a count that comes out the same on every machine.
 */
export type Ratio = { what: string; value: number; exact?: true };

export type Shared = { server: BenchServer; person: Person };

/** What a part may use while it measures. */
export type Run = {
  /** Says what is going on. */
  tell(text: string): void;
  /** The server that parts share, with the person who set it up; started when it is first asked for. Only for parts that `share`. */
  shared(): Promise<Shared>;
};

export type PartSpec<Figures> = {
  /** What it is called by `npm run bench -- <name>`, and its file in `figures/`. */
  name: string;
  /** The mark of its place in docs/benchmarks.md: `measured`, the table of all, by default. */
  table?: string;
  /** Takes minutes, or other programs: measured only where it is named. */
  long?: true;
  /** Uses the shared server; such parts stand side by side in the list. */
  shares?: true;
  measure(run: Run): Promise<Figures>;
  lines(figures: Figures): Line[];
  /** Without them `--check` asks whether its goals were met. */
  ratios?(figures: Figures): Ratio[];
  /** What else a reader of its table has to know, a line each. */
  notes?(figures: Figures): string[];
};

/** What a part has measured, and how it is told. */
export type Measured = { figures: unknown; lines: Line[]; ratios: Ratio[]; notes: string[] };

export type Part = {
  name: string;
  table: string;
  long: boolean;
  shares: boolean;
  measure(run: Run): Promise<Measured>;
  /** Of a figures file, as text. */
  read(text: string): Measured;
};

/** One part of the benchmark: what is measured, how it is told and what is watched over. Listed in parts.ts. */
export function part<Figures>(spec: PartSpec<Figures>): Part {
  const measured = (figures: Figures): Measured => ({
    figures,
    lines: spec.lines(figures),
    ratios: (spec.ratios?.(figures) ?? []).filter(({ value }) => Number.isFinite(value)),
    notes: spec.notes?.(figures) ?? [],
  });
  return {
    name: spec.name,
    table: spec.table ?? 'measured',
    long: spec.long ?? false,
    shares: spec.shares ?? false,
    measure: async (run) => measured(await spec.measure(run)),
    read: (text) => {
      const { figures }: { figures: Figures } = JSON.parse(text);
      return measured(figures);
    },
  };
}
