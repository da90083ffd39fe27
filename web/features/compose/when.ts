import { clock, dayName } from '../../lib/format';
import { locale, t } from '../../lib/i18n';

const hourMs = 3_600_000;
const nine = 9;

/** As a `datetime-local` field writes it, in the time of this place. */
export function localOf(iso: string): string {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export type Quick = { label: string; at: string };

/** Times people mean, all of them still to come. */
export function quickTimes(now: number): Quick[] {
  const soon = new Date(now + hourMs);
  soon.setSeconds(0, 0);
  const at = (days: number) => {
    const date = new Date(now);
    return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, nine).toISOString();
  };
  const toMonday = (8 - new Date(now).getDay()) % 7 || 7;
  return [
    { label: t('sending.in-an-hour'), at: soon.toISOString() },
    { label: `${t('common.tomorrow')} ${clock(at(1))}`, at: at(1) },
    ...(toMonday === 1 ? [] : [{ label: `${weekday(at(toMonday))} ${clock(at(toMonday))}`, at: at(toMonday) }]),
  ];
}

const weekday = (iso: string): string => new Intl.DateTimeFormat(locale(), { weekday: 'long' }).format(new Date(iso));

/** "Tomorrow 09:00". */
export const whenWords = (iso: string): string => `${dayName(iso)} ${clock(iso)}`;
