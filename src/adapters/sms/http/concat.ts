import type { Concat } from '../reassembly.js';
import { readHeader } from '../reassembly.js';

const names = {
  ref: ['concat-ref', 'concat_ref', 'concatref', 'refnum', 'ref_num'],
  total: ['concat-total', 'concat_total', 'concattotal', 'parts', 'total_parts'],
  index: ['concat-part', 'concat_part', 'concatpart', 'part', 'part_number'],
} as const;

/**
 * Where a gateway says that a text is one part of a longer one: the user data header in `udh` (hexadecimal, or Kannel's
 * `%u` as it comes out of an address), or three numbers under the names gateways use.
 */
export function concatIn(values: ReadonlyMap<string, string>): Concat | undefined {
  const header = values.get('udh');
  if (header !== undefined && header !== '') return readHeader(bytesOf(header)).concat;
  const [ref, total, index] = [names.ref, names.total, names.index].map((aliases) => numberIn(values, aliases));
  return ref === undefined || total === undefined || index === undefined ? undefined : { ref, total, index };
}

function numberIn(values: ReadonlyMap<string, string>, aliases: readonly string[]): number | undefined {
  const found = aliases
    .map((alias) => values.get(alias))
    .find((value) => value !== undefined && /^\d{1,9}$/.test(value));
  return found === undefined ? undefined : Number(found);
}

function bytesOf(header: string): Buffer {
  const hex = header.replace(/%|\s/g, '');
  if (/^([0-9a-f]{2})+$/i.test(hex)) return Buffer.from(hex, 'hex');
  return Buffer.from([...header].map((sign) => (sign.codePointAt(0) ?? 0) & 0xff));
}
