/** The part of a timeline that is drawn: up to `end`, or following the newest with null. */
export type Span = { end: string | null; count: number };
export type Range = { from: number; to: number };

/** Fills a window of the usual height, so that opening draws no more than is seen. */
const firstCount = 40;
const step = 30;
/** Rows in the page at most. */
const most = 200;

export const following: Span = { end: null, count: firstCount };

export function rangeOf(ids: readonly { id: string }[], span: Span): Range {
  const at = span.end === null ? -1 : ids.findIndex((item) => item.id === span.end);
  const to = at < 0 ? ids.length : at + 1;
  return { from: Math.max(0, to - span.count), to };
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
  if (span.end === null && end === ids.length) return { end: null, count: end - next };
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
