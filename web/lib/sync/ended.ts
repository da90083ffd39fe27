const key = 'parley.ended';

/** Whose session ended by itself: they are told so when they sign in again. */
export const endedFor = (): string | null => localStorage.getItem(key);

export function markEnded(email: string | null): void {
  if (email === null) localStorage.removeItem(key);
  else localStorage.setItem(key, email);
}
