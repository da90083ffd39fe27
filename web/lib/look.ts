import type { UserSettings } from './api/types';

/** What of a user's settings the page wears; `web/first` puts it on before the first paint. */
const key = 'parley.look';
let worn = '';
let hours: NonNullable<UserSettings['clock']> = 'locale';

/** How times are written, where the user wants it otherwise than their language has it. */
export const hourCycle = (): { hour12?: boolean } => (hours === 'locale' ? {} : { hour12: hours === '12' });

/** Puts the look on, and keeps it for the next start of the page in this browser. */
export function wear({ theme, contrast, density, accent, clock = 'locale' }: UserSettings): void {
  hours = clock;
  const look = JSON.stringify({ theme, contrast, density, accent });
  if (look === worn) return;
  worn = look;
  localStorage.setItem(key, look);
  const { dataset } = document.documentElement;
  put(dataset, 'theme', theme === 'system' ? undefined : theme);
  put(dataset, 'contrast', contrast === 'high' ? contrast : undefined);
  put(dataset, 'density', density === 'compact' ? density : undefined);
  put(dataset, 'accent', accent === 'teal' ? undefined : accent);
}

function put(dataset: DOMStringMap, name: string, value: string | undefined): void {
  if (value === undefined) delete dataset[name];
  else dataset[name] = value;
}
