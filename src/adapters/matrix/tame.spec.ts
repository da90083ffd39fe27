import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { tame } from './tame.js';

test('what nobody waits for fails in silence, and who waits is told', async () => {
  class Library {
    async work(): Promise<number> {
      throw new Error('no backup');
    }
    begin(): void {
      void this.work();
    }
    sum(a: number, b: number): number {
      return a + b;
    }
  }
  tame(Library.prototype);
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const library = new Library();
  library.begin();
  await expect(library.work()).rejects.toThrow('no backup');
  await sleep(20);
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
  expect(library.sum(1, 2)).toBe(3);
});
