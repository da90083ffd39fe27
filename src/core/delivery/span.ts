const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** A length of time in words, in the largest unit it is a whole number of: "5 minutes", "24 hours", "2 days". */
export function inWords(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000)) * 1000;
  const [unit, length] =
    UNITS.find(([, each]) => seconds % each === 0 && (each < 86_400_000 || seconds > each)) ?? UNITS[3];
  const count = seconds / length;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
