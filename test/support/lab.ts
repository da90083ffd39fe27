import { afterAll, test } from 'vitest';
import { missingPackages } from '../../scripts/packages.mjs';
import { type Lab, LabMissing, type LabServer, startLab } from '../lab/index.js';

/** What a test needs beside servers: clients of other makers, a browser. */
export type Tool = 'people' | 'browser' | 'deployment';

/**
 * The lab's servers for a test file, called at its top level: `const lab = await labOrSkip(['mail'])`, then
 * `if (lab) describe(...)`. They stop after the file. Where a program is absent the file shows one skipped test that
 * says why and the answer is undefined; with PARLEY_LAB=required that is a failure. A server that is there and does not
 * start is always one.
 */
export async function labOrSkip<S extends LabServer>(
  servers: readonly S[],
  tools: readonly Tool[] = [],
): Promise<Pick<Lab, S | 'stop' | 'folder'> | undefined> {
  try {
    const missing = tools.length === 0 ? [] : missingPackages(tools);
    if (missing.length > 0) throw new LabMissing(missing);
    const lab = await startLab(servers);
    afterAll(() => lab.stop());
    return lab;
  } catch (error) {
    if (!(error instanceof LabMissing) || process.env.PARLEY_LAB === 'required') throw error;
    test.skip(`with real servers (${servers.join(', ')}): ${error.message}`, () => {});
    return undefined;
  }
}
