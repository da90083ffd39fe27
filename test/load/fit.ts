/** A straight line through points, by least squares. `bend`: how much steeper the last piece is than the whole; 1 is straight. */
export type Line = { start: number; slope: number; bend: number };
export type Point = { x: number; y: number };

export function fit(points: readonly Point[]): Line {
  const n = points.length;
  const mean = (read: (point: Point) => number) => points.reduce((sum, point) => sum + read(point), 0) / n;
  const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
  const along = points.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0);
  const spread = points.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
  const slope = spread === 0 ? 0 : along / spread;
  return { start: my - slope * mx, slope, bend: bendOf(points) };
}

/** How much steeper the last piece is than all of it: 1 is a straight line. */
function bendOf(points: readonly Point[]): number {
  const [first, beforeLast, last] = [points[0], points.at(-2), points.at(-1)];
  if (!first || !beforeLast || !last || last.x === beforeLast.x) return 1;
  const whole = (last.y - first.y) / (last.x - first.x);
  return (last.y - beforeLast.y) / (last.x - beforeLast.x) / whole;
}
