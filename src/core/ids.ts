import { v7 } from 'uuid';

/** A new UUIDv7: grows with time, also within one millisecond of one process. */
export const newId = (): string => v7();

/** No id that `newId` makes from then (ms) on is less. */
export function uuidFloor(at: number): string {
  const hex = Math.max(0, Math.floor(at)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
