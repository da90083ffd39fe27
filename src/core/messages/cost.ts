/** What the last message that cost something did: `amount` is a decimal number for all its parts. */
export type Spent = { amount: string; currency: string; parts: number };

const PLACES = 6;

/** What a message of so many parts is expected to cost. Exact: counted in millionths, rounded up. */
export function expectedCost(last: Spent, parts: number): { amount: string; currency: string } {
  const [whole = '0', fraction = ''] = last.amount.split('.');
  const spent = BigInt(whole) * 10n ** BigInt(PLACES) + BigInt(fraction.padEnd(PLACES, '0').slice(0, PLACES));
  const before = BigInt(Math.max(1, last.parts));
  const millionths = (spent * BigInt(parts) + before - 1n) / before;
  const digits = millionths.toString().padStart(PLACES + 1, '0');
  const rest = digits.slice(-PLACES).replace(/0+$/, '');
  return { amount: `${digits.slice(0, -PLACES)}${rest === '' ? '' : `.${rest}`}`, currency: last.currency };
}
