const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const dayMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayMonthYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const longDayYear = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const precise = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const dayMs = 86_400_000;
const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysAgo = (date: Date) => Math.round((startOfDay(new Date()) - startOfDay(date)) / dayMs);

export const clock = (iso: string): string => time.format(new Date(iso));
export const fullTime = (iso: string): string => full.format(new Date(iso));
export const dayKey = (iso: string): number => startOfDay(new Date(iso));

/** For lists: a time today, a weekday this week, else a date. */
export function listTime(iso: string): string {
  const date = new Date(iso);
  const days = daysAgo(date);
  if (days <= 0) return time.format(date);
  if (days < 7) return weekday.format(date);
  return date.getFullYear() === new Date().getFullYear() ? dayMonth.format(date) : dayMonthYear.format(date);
}

export function dayName(iso: string): string {
  const date = new Date(iso);
  const days = daysAgo(date);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days === -1) return 'Tomorrow';
  return (date.getFullYear() === new Date().getFullYear() ? longDay : longDayYear).format(date);
}

/** For the ledger: to the second, with the day where it is not today. */
export function ledgerTime(iso: string): string {
  const date = new Date(iso);
  const text = precise.format(date);
  return daysAgo(date) === 0 ? text : `${dayMonth.format(date)}, ${text}`;
}

export function ago(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return listTime(iso);
}

/** How long until `iso`, in words. */
export function until(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((Date.parse(iso) - now) / 1000));
  if (seconds === 0) return 'now';
  if (seconds < 60) return `in ${seconds} s`;
  if (seconds < 3600) return `in ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `in ${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function initials(name: string): string {
  const words = name
    .replace(/[@.].*$/, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  const first = [...(words[0] ?? '')][0];
  if (!first || !/\p{L}/u.test(name)) return /\d/.test(name) ? name.replace(/\D/g, '').slice(-2) : '?';
  const last = words.length > 1 ? [...(words.at(-1) ?? '')][0] : '';
  return (first + (last ?? '')).toUpperCase();
}

/** A hue that stays the same for the same text. */
export function hueOf(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0) % 360;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;

export function sentence(text: string): string {
  const trimmed = text.trim();
  if (!trimmed) return '';
  const start = (trimmed[0] ?? '').toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(start) ? start : `${start}.`;
}

/** Down to fractions of a cent, which is what a text message costs. */
export function money({ amount, currency }: { amount: string; currency: string }): string {
  try {
    return new Intl.NumberFormat(undefined, { style: 'currency', currency, maximumFractionDigits: 6 }).format(
      Number(amount),
    );
  } catch {
    return `${amount} ${currency}`;
  }
}
