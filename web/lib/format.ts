import { locale, t } from './i18n';
import { hourCycle } from './look';

/** Made when first needed, for the language of the page, and kept: making one takes much longer than using it. */
function kept<Options, Made>(make: (language: string, options: Options) => Made): (options: Options) => Made {
  const made = new Map<string, Made>();
  return (options) => {
    const key = `${locale()} ${JSON.stringify(options)}`;
    const known = made.get(key) ?? make(locale(), options);
    made.set(key, known);
    return known;
  };
}

const formatter = kept((language, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options));
const numbers = kept((language, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options));

const hours = (date: Date): string => formatter({ hour: '2-digit', minute: '2-digit', ...hourCycle() }).format(date);
const dayMonth = { day: 'numeric', month: 'short' } as const;
const yearOf = (date: Date): { year?: 'numeric' } =>
  date.getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' };

const dayMs = 86_400_000;
const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysAgo = (date: Date) => Math.round((startOfDay(new Date()) - startOfDay(date)) / dayMs);

export const clock = (iso: string): string => hours(new Date(iso));
export const fullTime = (iso: string): string =>
  formatter({ dateStyle: 'full', timeStyle: 'medium', ...hourCycle() }).format(new Date(iso));
export const dayKey = (iso: string): number => startOfDay(new Date(iso));

/** For lists: a time today, a weekday this week, else a date. */
export function listTime(iso: string): string {
  const date = new Date(iso);
  const days = daysAgo(date);
  if (days <= 0) return hours(date);
  if (days < 7) return formatter({ weekday: 'short' }).format(date);
  return formatter({ ...dayMonth, ...yearOf(date) }).format(date);
}

/** For words that are copied out of the page: day and time, short. */
export const stamp = (iso: string): string =>
  formatter({ dateStyle: 'short', timeStyle: 'short' }).format(new Date(iso));

export function dayName(iso: string): string {
  const date = new Date(iso);
  const days = daysAgo(date);
  if (days === 0) return t('common.today');
  if (days === 1) return t('common.yesterday');
  if (days === -1) return t('common.tomorrow');
  return formatter({ weekday: 'long', day: 'numeric', month: 'long', ...yearOf(date) }).format(date);
}

/** For the ledger: to the second, with the day where it is not today. */
export function ledgerTime(iso: string): string {
  const date = new Date(iso);
  const text = formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit', ...hourCycle() }).format(date);
  return daysAgo(date) === 0 ? text : `${formatter(dayMonth).format(date)}, ${text}`;
}

/** How long something has lasted, in the largest unit that fits. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return unit(minutes, 'minute', 0);
  if (minutes < 24 * 60) return unit(Math.floor(minutes / 60), 'hour', 0);
  return unit(Math.floor(minutes / (24 * 60)), 'day', 0);
}

/** What a clock elsewhere shows. */
export const clockIn = (timeZone: string, at: number): string =>
  formatter({ hour: '2-digit', minute: '2-digit', timeZone, ...hourCycle() }).format(at);

export function ago(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 60) return t('common.just-now');
  if (seconds < 3600) return t('common.minutes-ago', { minutes: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t('common.hours-ago', { hours: Math.floor(seconds / 3600) });
  return listTime(iso);
}

/** How long until `iso`, in words. */
export function until(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((Date.parse(iso) - now) / 1000));
  if (seconds === 0) return t('common.now');
  if (seconds < 60) return t('common.in-seconds', { seconds });
  if (seconds < 3600) return t('common.in-minutes', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
  return t('common.in-hours', { hours: Math.floor(seconds / 3600), minutes: Math.floor((seconds % 3600) / 60) });
}

/** How long something took. */
export function took(ms: number): string {
  if (ms < 1000) return unit(ms, 'millisecond', 0);
  return ms < 60_000 ? unit(ms / 1000, 'second', 1) : unit(Math.round(ms / 60_000), 'minute', 0);
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return unit(bytes, 'byte', 0);
  if (bytes < 1024 * 1024) return unit(bytes / 1024, 'kilobyte', 0);
  return unit(bytes / 1024 / 1024, 'megabyte', 1);
}

const unit = (value: number, name: string, digits: number): string =>
  numbers({
    style: 'unit',
    unit: name,
    unitDisplay: name === 'byte' ? 'narrow' : 'short',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);

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

/** Names one after the other, as the language puts them: "Ada, Tomas and Ben". */
export const listOf = (names: string[]): string => new Intl.ListFormat(locale(), { type: 'conjunction' }).format(names);

/** A number of things, e.g. 12,345. */
export const count = (value: number): string => numbers({}).format(value);

export function sentence(text: string): string {
  const trimmed = text.trim();
  if (!trimmed) return '';
  const start = (trimmed[0] ?? '').toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(start) ? start : `${start}.`;
}

/** Down to fractions of a cent, which is what a text message costs. */
export function money({ amount, currency }: { amount: string; currency: string }): string {
  try {
    return numbers({ style: 'currency', currency, maximumFractionDigits: 6 }).format(Number(amount));
  } catch {
    return `${amount} ${currency}`;
  }
}

/** A length of time as players show it, e.g. 1:05 or 1:02:03. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(Number.isFinite(seconds) ? seconds : 0));
  const two = (value: number) => String(value).padStart(2, '0');
  const rest = `${Math.floor((whole % 3600) / 60)}:${two(whole % 60)}`;
  return whole < 3600 ? rest : `${Math.floor(whole / 3600)}:${rest.padStart(5, '0')}`;
}
