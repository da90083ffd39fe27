import { fileURLToPath } from 'node:url';
import { guarded } from '../../scripts/lib/guard.mjs';
import { prepare } from '../../scripts/lib/prepare.mjs';
import { accountOf, isWell } from './account.ts';
import { readOptions } from './options.ts';
import { writePage } from './page.ts';
import { play } from './play.ts';
import { measure, parts, readFigures } from './series.ts';
import { told } from './words.ts';

/**
 * `npm run load`: whole users against a Parley of its own on this machine, and an account of what became of each
 * message. docs/capacity.md says what can be asked for.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const { options, series, write } = readOptions(process.argv.slice(2));

process.chdir(root);
await guarded(async () => {
  await prepare(root);
  for (const part of parts.filter((one) => series.includes(one))) await measure(part, (text) => console.log(text));
  if (write) writePage(readFigures());
  if (series.length > 0 || write) return;
  const played = await play(options, (text) => console.log(text));
  const account = accountOf(played);
  console.log(`\n${told(account)}`);
  for (const { calls, ms, rows, query } of played.statements)
    console.log(
      `${String(calls).padStart(8)} calls ${ms.toFixed(0).padStart(7)} ms ${String(rows).padStart(8)} rows  ${query.slice(0, 200)}`,
    );
  if (played.complaints !== '') console.log(`\nthe servers said:\n${played.complaints}`);
  if (!isWell(account)) process.exitCode = 1;
});
