import { expect, test } from 'vitest';
import { toneFile } from './tones';

test('a third of a second of two soft tones, which begin and end in silence', async () => {
  const data = new DataView(await toneFile().arrayBuffer());
  const word = (at: number) => String.fromCharCode(...new Uint8Array(data.buffer, at, 4));
  expect([word(0), word(8), word(12), word(36)]).toEqual(['RIFF', 'WAVE', 'fmt ', 'data']);
  expect(data.getUint32(4, true)).toBe(data.byteLength - 8);
  expect(data.getUint32(40, true)).toBe(data.byteLength - 44);
  const seconds = data.getUint32(40, true) / data.getUint32(28, true);
  expect(seconds).toBeCloseTo(0.36, 2);
  const samples = Array.from({ length: (data.byteLength - 44) / 2 }, (_, at) => data.getInt16(44 + at * 2, true));
  const loudest = Math.max(...samples.map(Math.abs)) / 0x7fff;
  expect(loudest).toBeGreaterThan(0.06);
  expect(loudest).toBeLessThan(0.12);
  expect(samples[0]).toBe(0);
  expect(Math.abs(samples.at(-1) ?? 1)).toBeLessThan(10);
  // The first tone alone: how often it passes through nothing upwards in 0.1 s.
  const early = samples.slice(0, 2205);
  const passes = early.filter((value, at) => at > 0 && value >= 0 && (early[at - 1] ?? 0) < 0).length;
  expect(passes).toBeGreaterThanOrEqual(65);
  expect(passes).toBeLessThanOrEqual(67);
});
