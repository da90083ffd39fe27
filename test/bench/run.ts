import { fileURLToPath } from 'node:url';
import { guarded } from '../../scripts/lib/guard.mjs';
import { prepare } from '../../scripts/lib/prepare.mjs';
import { type Compared, compare, mediansOf, middleOf, noiseOf } from './compare.ts';
import { type Conditions, keep, loadNow, machine, readKept } from './kept.ts';
import type { Measured, Part, Run } from './part.ts';
import { parts } from './parts.ts';
import { tell as told, writePage } from './report.ts';
import { SharedServer } from './shared-server.ts';

/**
 * `npm run bench`: builds what is stale, measures, prints what it found, keeps it in `figures/` and writes the tables of
 * docs/benchmarks.md. Names of parts measure only those; parts that are `long` are measured only where they are named.
 *
 * - `--check` writes nothing and fails where something got worse than the committed figures, twice in a row.
 * - `--repeat 5` measures each part so often: the run in the middle is kept, and how far the runs lie apart, from which
 *   `--check` knows what is noise.
 * - `--table` measures nothing and writes the tables out of what is kept.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
const asked = readArguments(process.argv.slice(2));
const shared = new SharedServer();
const run: Run = { tell, shared: () => shared.get() };

if (asked.table) writePage(parts);
else
  await guarded(async () => {
    await prepare(root);
    try {
      for (const part of asked.parts) {
        if (!part.shares) await shared.stop();
        await (asked.check ? checkPart(part) : measurePart(part));
      }
    } finally {
      await shared.stop();
    }
    if (!asked.check) writePage(parts);
  });

async function measurePart(part: Part): Promise<void> {
  const before = { date: new Date().toISOString().slice(0, 10), machine: machine(), loadBefore: loadNow() };
  const runs: [Measured, ...Measured[]] = [await part.measure(run)];
  while (runs.length < asked.repeat) {
    tell(`${part.name}: run ${runs.length + 1} of ${asked.repeat}`);
    runs.push(await part.measure(run));
  }
  const at: Conditions = { ...before, loadAfter: loadNow() };
  const { figures } = show(part, middleOf(runs), at);
  const noise = noiseOf(runs) ?? readKept(part)?.noise ?? {};
  keep(part, { at, ratios: mediansOf(runs), noise, figures });
}

/** What is past its limit is measured once more: only what is so twice counts, as one run may be disturbed. */
async function checkPart(part: Part): Promise<void> {
  if (!(await isWorse(part))) return;
  tell(`${part.name}: once more`);
  if (await isWorse(part)) process.exitCode = 1;
}

async function isWorse(part: Part): Promise<boolean> {
  const kept = readKept(part);
  const loadBefore = loadNow();
  const measured = await part.measure(run);
  show(part, measured, {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    loadBefore,
    loadAfter: loadNow(),
  });
  if (measured.ratios.length === 0) return measured.lines.some(({ met }) => met === false);
  const compared = kept ? compare(measured.ratios, kept) : [];
  for (const one of compared) console.log(verdict(one));
  if (compared.length === 0) console.log(`${part.name}: nothing is committed to compare with`);
  return compared.length === 0 || compared.some(({ worse }) => worse);
}

function verdict({ what, before, now, allowed, worse }: Compared): string {
  const limit = `at most ${allowed.toFixed(2)}× of it`;
  return `${what.padEnd(60)} ${before.toFixed(2)} before, ${now.toFixed(2)} now  ${worse ? `WORSE: ${limit}` : `ok (${limit})`}`;
}

function show(part: Part, measured: Measured, at: Conditions): Measured {
  console.log(`\n${told([{ name: part.name, at, ...measured }])}\n`);
  return measured;
}

function readArguments(words: string[]): { parts: Part[]; check: boolean; table: boolean; repeat: number } {
  const at = words.indexOf('--repeat');
  const repeat = at < 0 ? 1 : Number(words[at + 1]);
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > 20) fail('--repeat takes a number from 1 to 20.');
  const rest = words.filter((_, index) => at < 0 || (index !== at && index !== at + 1));
  const named = rest.filter((word) => word !== '--check' && word !== '--table');
  const unknown = named.filter((word) => !parts.some(({ name }) => name === word));
  const all = parts.map(({ name }) => name).join(', ');
  if (unknown.length > 0) fail(`There is no part ${unknown.join(', ')}. The parts are: ${all}.`);
  return {
    parts: parts.filter(({ name, long }) => (named.length === 0 ? !long : named.includes(name))),
    check: rest.includes('--check'),
    table: rest.includes('--table'),
    repeat,
  };
}

function fail(why: string): never {
  console.error(why);
  process.exit(2);
}

function tell(text: string): void {
  console.log(`${text.padEnd(44)} load ${loadNow().toFixed(1)}`);
}
