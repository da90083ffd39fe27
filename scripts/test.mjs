import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runChecks } from './lib/checks.mjs';
import { guarded } from './lib/guard.mjs';
import { prepare } from './lib/prepare.mjs';
import { StepError, step } from './lib/steps.mjs';
import { runProject } from './lib/vitest.mjs';

/**
 * `npm test`: sets up as `npm start` does, then runs everything, or the parts that are named: checks, unit,
 * conformance, integration, e2e, faults. With PARLEY_LAB=required a missing test server is a failure, else its tests are
 * skipped. Every part is tried, whatever became of those before; the last line counts.
 */
const PARTS = ['checks', 'unit', 'conformance', 'integration', 'e2e', 'faults'];
const NEED_SERVERS = ['conformance', 'integration', 'e2e', 'faults'];

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = process.argv.slice(2);
const unknown = asked.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. The parts are: ${PARTS.join(', ')}.`);
  process.exit(2);
}
const parts = PARTS.filter((part) => asked.length === 0 || asked.includes(part));

await guarded(async () => {
  await prepare(root, parts.every((part) => part === 'unit') ? ['client', 'texts'] : undefined);
  const outcomes = [];
  if (parts.some((part) => NEED_SERVERS.includes(part))) outcomes.push(...(await installServers()));
  for (const part of parts) {
    const before = outcomes.length;
    if (part === 'checks') outcomes.push(...(await runChecks(root)));
    else outcomes.push(await runProject(root, part));
    for (const { error } of outcomes.slice(before)) if (error !== undefined) explain(error);
  }
  summarise(outcomes);
});

async function installServers() {
  const script = new URL('./packages.mjs', import.meta.url);
  if (!existsSync(fileURLToPath(script))) return [];
  const required = process.env.PARLEY_LAB === 'required';
  const said = [];
  try {
    await step('test servers installed', async () => {
      const { installLabPackages } = await import(script.href);
      await installLabPackages({ required, say: (line) => said.push(line) });
    });
    for (const line of said.filter((text) => text.includes('without'))) console.log(line);
    return [];
  } catch (error) {
    return [
      {
        passed: 0,
        failed: 1,
        skipped: 0,
        error: new StepError('test servers', `${said.join('\n')}\n${error.message}\n`),
      },
    ];
  }
}

function explain(error) {
  const output = error instanceof StepError ? error.output : error.stack;
  console.log(`\n${output.trimEnd()}\n`);
}

function summarise(outcomes) {
  const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  if (sum('skipped') > 0) console.log(`${sum('skipped')} skipped`);
  if (sum('failed') > 0) process.exitCode = 1;
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
}
