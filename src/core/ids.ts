import { v7 } from 'uuid';

const ID_BYTES = 16;
/** Randomness is drawn for many ids at once. */
const pool = new Uint8Array(ID_BYTES * 256);
let drawn = pool.length;
let last = { msecs: 0, seq: 0 };

function random(): Uint8Array {
  if (drawn === pool.length) {
    crypto.getRandomValues(pool);
    drawn = 0;
  }
  drawn += ID_BYTES;
  return pool.subarray(drawn - ID_BYTES, drawn);
}

/** A new UUIDv7: grows with time, also within one millisecond of one process. */
export function newId(): string {
  const bytes = random();
  const msecs = Date.now();
  if (msecs > last.msecs) {
    // As far below its end as there may be ids in one millisecond.
    const [a = 0, b = 0, c = 0] = bytes;
    last = { msecs, seq: (a << 16) | (b << 8) | c };
  } else last = { msecs: last.msecs, seq: last.seq + 1 };
  return v7({ ...last, random: bytes });
}

/** No id that `newId` makes from then (ms) on is less. */
export function uuidFloor(at: number): string {
  const hex = Math.max(0, Math.floor(at)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
