import { expect, test } from 'vitest';
import { InTurn } from './in-turn.js';

test('one at a time for a user, in order, whatever fails; users do not wait for each other', async () => {
  const turns = new InTurn();
  const seen: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const step = (user: string, name: string, wait?: Promise<void>, fails = false) =>
    turns.run(user, async () => {
      seen.push(`${name} begins`);
      await wait;
      if (fails) throw new Error(name);
      seen.push(`${name} ends`);
      return name;
    });
  const first = step('ann', 'a1', gate, true);
  const second = step('ann', 'a2');
  expect(await step('bob', 'b1')).toBe('b1');
  expect(seen).toEqual(['a1 begins', 'b1 begins', 'b1 ends']);
  open();
  await expect(first).rejects.toThrow('a1');
  expect(await second).toBe('a2');
  expect(seen.slice(3)).toEqual(['a2 begins', 'a2 ends']);
});
