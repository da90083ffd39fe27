import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { blankPlaces, withoutPlace } from '../../web/features/media/place.js';
import { holdsPlace, photo } from '../support/photo.js';

describe.each(['jpeg', 'webp', 'avif'] as const)('a %s', (format) => {
  test('no longer says where it was taken; all else is as it was', async () => {
    const before = await photo(format);
    expect(holdsPlace(before)).toBe(true);
    const file = await withoutPlace(new Blob([new Uint8Array(before)], { type: `image/${format}` }));
    const after = Buffer.from(await file.arrayBuffer());
    expect(holdsPlace(after)).toBe(false);
    expect(after.toString('latin1')).not.toMatch(/59,19|18,4\.13/);
    expect([after.length, file.type]).toEqual([before.length, `image/${format}`]);
    expect(await sharp(after).raw().toBuffer()).toEqual(await sharp(before).raw().toBuffer());
    expect((await sharp(after).metadata()).exif?.includes('Camera')).toBe(true);
    expect(blankPlaces(new Uint8Array(after))).toBe(false);
  });

  test('without a position is sent as it is', async () => {
    const file = new Blob([new Uint8Array(await photo(format, false))], { type: `image/${format}` });
    expect(await withoutPlace(file)).toBe(file);
  });
});

test('a file of another type is not read', async () => {
  const file = new Blob([new Uint8Array(await photo('jpeg'))], { type: 'application/pdf' });
  expect(await withoutPlace(file)).toBe(file);
});

test('whatever stands in it, it ends, and only bytes within it change', async () => {
  const whole = new Uint8Array(await photo('jpeg'));
  const change = fc.record({ at: fc.nat(Math.min(whole.length, 900) - 1), to: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), fc.nat(whole.length), (changes, length) => {
      const bytes = whole.slice(0, length);
      for (const { at, to } of changes) if (at < length) bytes[at] = to;
      blankPlaces(bytes);
      expect(bytes).toHaveLength(length);
    }),
    { numRuns: 500 },
  );
});
