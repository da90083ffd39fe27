import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packagedNode } from './install.mjs';
import { run, StepError, step } from './steps.mjs';

const LONGEST_MS = 40 * 60_000;

/**
 * Runs one project of vitest.config.ts.
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>} a file that does not load, an error outside
 *   of any test and a run that ends without a report count as failed
 */
export async function runProject(root, project) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-report-'));
  const report = path.join(folder, 'report.json');
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    await step(`tests: ${project}`, async () => {
      const args = [path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', project];
      const { code, output } = await run(
        packagedNode(root),
        [...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
        {
          cwd: root,
          env: {
            PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
            NO_COLOR: '1',
            FORCE_COLOR: '',
          },
          timeoutMs: LONGEST_MS,
        },
      );
      Object.assign(counts, readReport(report, code));
      if (counts.failed > 0) throw new StepError(`tests: ${project}`, output);
      const again = [...output.matchAll(/^.*\(retry x\d+\).*$/gm)].map(([line]) => line.trim());
      return [
        `${counts.passed} passed`,
        ...(counts.skipped > 0 ? [`, ${counts.skipped} skipped`] : []),
        ...(again.length > 0 ? [`, ${again.length} of them the second time:`] : []),
        ...again.map((line) => `\n  ${line}`),
      ].join('');
    });
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { ...counts, failed: Math.max(counts.failed, 1), error };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return counts;
}

function readReport(file, code) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloaded = report.testResults.filter(
    (entry) => entry.status === 'failed' && entry.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
