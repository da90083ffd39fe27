/**
 * The part of a timeline that is drawn: up to `end`, or following the newest with null. A loose one draws somewhat more, so
 * that rows leave at the top many at a time and not with each that comes.
 */
export type Span = { end: string | null; count: number; loose?: boolean };
export type Range = { from: number; to: number };

/** What a row takes at least, mostly: opening draws what is seen and little more. */
const rowPx = 34;
const step = 30;
/** Rows in the page at most. */
const most = 200;

/** The newest, in a window of this height. */
export const following = (heightPx: number): Span => ({ end: null, count: Math.ceil(heightPx / rowPx) });

/** As many follow the newest once the first of them were seen: what arrives takes no row away soon. */
export const settled: Span = { end: null, count: 40, loose: true };

/** Of ids, whose last digit is as good as random, one in sixteen. */
const beginsBatch = ({ id }: { id: string }): boolean => id.endsWith('0');
/** So many more rows at most. */
const mostLoose = 40;

export function rangeOf(ids: readonly { id: string }[], span: Span): Range {
  const at = span.end === null ? -1 : ids.findIndex((item) => item.id === span.end);
  const to = at < 0 ? ids.length : at + 1;
  const from = Math.max(0, to - span.count);
  return { from: span.end === null && span.loose ? beginOf(ids, from) : from, to };
}

/** Where the last batch begins before this one, if there is one near: the same place as long as its rows are needed. */
function beginOf(ids: readonly { id: string }[], from: number): number {
  const least = Math.max(0, from - mostLoose);
  const at = ids.slice(least, from + 1).findLastIndex(beginsBatch);
  return at < 0 ? from : least + at;
}

/** Stops at what is drawn now, so that news below move nothing. */
export function freeze(ids: readonly { id: string }[], span: Span): Span {
  const { from, to } = rangeOf(ids, span);
  return span.end === null && to > 0 ? { end: ids[to - 1]?.id ?? null, count: to - from } : span;
}

/** Draws older rows that are in memory, letting go of the newest past the limit. Null where there are none. */
export function widenUp(ids: readonly { id: string }[], span: Span): Span | null {
  const { from, to } = rangeOf(ids, span);
  if (from === 0) return null;
  const next = Math.max(0, from - step);
  const end = Math.min(to, next + most);
  // As long as it follows the newest and all fits, it goes on following.
  if (span.end === null && end === ids.length) return { ...span, count: end - next };
  return { end: ids[end - 1]?.id ?? null, count: end - next };
}

/** Draws newer rows, letting go of the oldest past the limit. Null where there are none. */
export function widenDown(ids: readonly { id: string }[], span: Span): Span | null {
  const { from, to } = rangeOf(ids, span);
  if (span.end === null || to >= ids.length) return null;
  const next = Math.min(ids.length, to + step);
  return { end: ids[next - 1]?.id ?? null, count: Math.min(most, next - from) };
}

/** A span with the message somewhere in its middle. */
export function around(ids: readonly { id: string }[], id: string): Span | null {
  const at = ids.findIndex((item) => item.id === id);
  if (at < 0) return null;
  const to = Math.min(ids.length, at + step);
  return { end: ids[to - 1]?.id ?? null, count: Math.min(to, step * 2) };
}
