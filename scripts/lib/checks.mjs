import path from 'node:path';
import { packagedNode } from './install.mjs';
import { must, step } from './steps.mjs';

/** Programs of the project that look at the sources without running them; each counts as one test. */
const CHECKS = [
  {
    label: 'format and lint (biome)',
    program: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--colors=off', '.'],
  },
  { label: 'texts: every language is whole', program: ['scripts/texts.mjs'] },
  { label: 'types: server and tests', program: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'] },
  { label: 'types: web client', program: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'web'] },
  { label: 'types: service worker', program: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'web/sw'] },
  {
    label: 'layers (dependency-cruiser)',
    program: [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      'src',
      'web',
      '--config',
      '.dependency-cruiser.cjs',
    ],
  },
  { label: 'unused code (knip)', program: ['node_modules/knip/bin/knip.js', '--no-progress'] },
];

/** @returns {Promise<{ passed: number, failed: number, skipped: number, error?: Error }[]>} one entry a check */
export async function runChecks(root) {
  const outcomes = [];
  for (const { label, program } of CHECKS) outcomes.push(await runCheck(root, label, program));
  return outcomes;
}

async function runCheck(root, label, [program, ...args]) {
  try {
    await step(label, async () => {
      await must(label, packagedNode(root), [path.join(root, program), ...args], {
        cwd: root,
        env: { NO_COLOR: '1', FORCE_COLOR: '' },
      });
    });
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, error };
  }
}
