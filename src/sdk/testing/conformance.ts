import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConformanceSubject } from './peer.js';
import { depthTests } from './suite/depth.js';
import { faultTests } from './suite/faults.js';
import { lifecycleTests } from './suite/lifecycle.js';
import { loginTests } from './suite/login.js';
import { manifestTests } from './suite/manifest.js';
import { messageTests } from './suite/messages.js';

/**
 * The contract of `src/sdk/contract/` as tests, over one adapter and one kind of peer. Call it at the top level of a test
 * file, once for each peer. Each test has a peer and a connection of its own, so that one failure hides no other.
 */
export function conformance(subject: ConformanceSubject): void {
  describe(subject.name, { timeout: 120_000 }, () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    beforeAll(() => void process.on('unhandledRejection', note));
    afterAll(() => void process.off('unhandledRejection', note));

    describe('manifest', () => manifestTests(subject));
    describe('sign-in', () => loginTests(subject));
    describe('life', () => lifecycleTests(subject));
    describe('messages', () => messageTests(subject));
    describe('depth', () => depthTests(subject));
    describe('faults', () => faultTests(subject));

    test('left no rejection unhandled', () => expect(unhandled).toEqual([]));
  });
}
