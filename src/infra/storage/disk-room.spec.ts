import { expect, test } from 'vitest';
import { DiskRoom } from './disk-room.js';

const MIB = 1024 * 1024;
const log = { debug: () => {}, info: () => {}, warn: () => {} };

function disk(reserve: number) {
  const at = { free: 1_000 * MIB, now: 0, looks: 0 };
  const free = async () => {
    at.looks += 1;
    if (at.free < 0) throw new Error('no such disk');
    return at.free;
  };
  const room = new DiskRoom(free, reserve, log, () => at.now);
  const later = (left: number) => {
    at.now += 2_000;
    at.free = left;
  };
  return { at, room, later };
}

test('refuses new work below the reserve, and what comes in below half of it, until there is room again', async () => {
  const { room, later } = disk(200 * MIB);
  await room.checkNewWork();
  later(150 * MIB);
  await expect(room.checkNewWork()).rejects.toMatchObject({ kind: 'unavailable', code: 'no-room' });
  expect(room.isFull).toBe(false);
  expect(await room.trouble()).toBe('150 MiB are left of 200 MiB that are kept free');
  later(50 * MIB);
  await room.trouble();
  expect(room.isFull).toBe(true);
  later(300 * MIB);
  await room.checkNewWork();
  expect(room.isFull).toBe(false);
  expect(await room.trouble()).toBeUndefined();
});

test('looks once a second, however many ask, and not at all without a reserve', async () => {
  const { at, room } = disk(200 * MIB);
  await Promise.all(Array.from({ length: 100 }, () => room.checkNewWork()));
  expect(at.looks).toBe(1);
  const off = disk(0);
  off.at.free = 0;
  await off.room.checkNewWork();
  expect(off.at.looks).toBe(0);
});

test('a disk that cannot be looked at stops nothing', async () => {
  const { room, later } = disk(200 * MIB);
  later(-1);
  await room.checkNewWork();
});
