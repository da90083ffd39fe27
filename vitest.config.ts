import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/support/slow-first.ts';

/** One project an area, so that each runs by itself: `npx vitest run --project unit`. */
export default defineConfig({
  test: {
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.spec.ts',
            'web/{lib,features}/**/*.spec.ts',
            'test/fuzz/*.test.ts',
            'test/bench/**/*.spec.ts',
            'test/load/*.spec.ts',
          ],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'conformance',
          globalSetup: 'test/support/prepared-database.ts',
          include: ['test/conformance/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // They wait for networks more than they work; each has servers of its own.
          maxWorkers: 4,
        },
      },
      {
        test: {
          name: 'integration',
          globalSetup: 'test/support/prepared-database.ts',
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          // As below.
          retry: 1,
        },
      },
      {
        test: {
          name: 'e2e',
          globalSetup: 'test/support/prepared-database.ts',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Each file has servers and a browser of its own.
          maxWorkers: 2,
          // Whole programs on a machine that may be busy: what passes the second time is counted, and named.
          retry: 1,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'faults',
          globalSetup: 'test/support/prepared-database.ts',
          include: ['test/faults/**/*.test.ts'],
          environment: 'node',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
