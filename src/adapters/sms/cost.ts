/** A price as it is typed: up to six places after the point. */
const decimal = /^(\d{1,7})(?:[.,](\d{1,6}))?$/;
const places = 6;

/** The price in one spelling (`0.05`), or undefined for what is none. */
export function priceOf(typed: string): string | undefined {
  const match = decimal.exec(typed.trim());
  return match ? times(`${match[1]}.${match[2] ?? '0'}`, 1) : undefined;
}

/** Exact: counted in millionths, never in floating point. */
export function times(price: string, count: number): string {
  const [whole = '0', fraction = ''] = price.split('.');
  const millionths = BigInt(whole + fraction.padEnd(places, '0')) * BigInt(count);
  const digits = millionths.toString().padStart(places + 1, '0');
  const rest = digits.slice(-places).replace(/0+$/, '');
  return `${digits.slice(0, -places)}${rest === '' ? '' : `.${rest}`}`;
}
