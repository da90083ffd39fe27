import type { Asked } from './use-login';

const keyOf = (loginId: string) => `parley.login.${loginId}`;

/** Remembers, while the browser is at another site, what a sign-in was begun with. */
export function keepAsked(loginId: string, asked: Asked): void {
  sessionStorage.setItem(keyOf(loginId), JSON.stringify(asked));
}

export function recallAsked(loginId: string): Asked | null {
  try {
    const text = sessionStorage.getItem(keyOf(loginId));
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
