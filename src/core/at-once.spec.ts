import { expect, test } from 'vitest';
import { AtOnce } from './at-once.js';

test('so much of a user at once, whatever others do; what ended, however, makes room', async () => {
  const atOnce = new AtOnce(2, () => new Error('too much'));
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  const failing = atOnce.run('one', () => Promise.reject(new Error('it failed')));
  const running = atOnce.run('one', work);
  await expect(atOnce.run('one', work)).rejects.toThrow('too much');
  await expect(failing).rejects.toThrow('it failed');
  const other = atOnce.run('other', async () => 'done');
  expect(await other).toBe('done');
  const second = atOnce.run('one', work);
  await expect(atOnce.run('one', work)).rejects.toThrow('too much');
  for (const end of ends) end();
  await Promise.all([running, second]);
  expect(await atOnce.run('one', async () => 'room')).toBe('room');
});
