import type { Event } from '../../../sdk/index.js';

/** Larger ones are cut: a person can see how they begin, but they cannot be tried again. */
const MOST_BYTES = 256 * 1024;
const BYTES = '$bytes';

/** An event as JSON in UTF-8, its bytes in base64. `whole` is false where it was cut, or cannot be written down at all. */
export function packed(event: Event): { payload: Uint8Array | null; whole: boolean; size: number } {
  const text = written(event);
  if (text === undefined) return { payload: null, whole: false, size: 0 };
  const bytes = Buffer.from(text, 'utf8');
  return { payload: bytes.subarray(0, MOST_BYTES), whole: bytes.length <= MOST_BYTES, size: bytes.length };
}

function written(event: Event): string | undefined {
  try {
    return JSON.stringify(event, (_key, value: unknown) => {
      const bytes = bytesOf(value);
      return bytes === undefined ? value : { [BYTES]: Buffer.from(bytes).toString('base64') };
    });
  } catch {
    return undefined;
  }
}

export function unpacked(payload: Uint8Array): Event {
  const event: Event = JSON.parse(Buffer.from(payload).toString('utf8'), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && BYTES in value && typeof value[BYTES] === 'string'
      ? Buffer.from(value[BYTES], 'base64')
      : value,
  );
  return event;
}

/** A Buffer has become an object of numbers before the replacer is asked. */
function bytesOf(value: unknown): Uint8Array | number[] | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'object' || value === null || !('data' in value) || !('type' in value)) return undefined;
  return value.type === 'Buffer' && Array.isArray(value.data) ? value.data : undefined;
}
