/**
 * The list as it was last seen, kept in the browser so that the next start of the page can draw it before any other
 * script of the page is there (`web/first/first.ts`). Its rows are links, so a press leads on at once; the list itself takes its
 * place as soon as it is drawn.
 */

/** An element by name, attributes and what it holds, or a text. */
export type Piece = string | [name: string, attributes: Record<string, string>, children: Piece[]];

export type FirstScreen = {
  /** It is drawn again only where these are the same. */
  circumstances: string;
  /** Times are written as of this day. */
  day: string;
  folded: boolean;
  /** Of the window. */
  height: number;
  sidebar: Piece;
};

export const elementId = 'first-screen';

/** Holds the id of its user: signing out erases every such entry. */
export const keyOf = (userId: string): string => `parley.first.${userId}`;

function stored(name: string): string | null {
  try {
    return localStorage.getItem(`parley.${name}`);
  } catch {
    return null;
  }
}

/** The words of a page are those it began with. */
const words = typeof window === 'undefined' ? null : [navigator.languages, stored('language')];

/** What else decides how the list is laid out, and in which words. */
export function circumstances(): string {
  const sideBySide = /[?&](?:before|after)=/.test(location.hash);
  return JSON.stringify([
    document.querySelector('link[rel=stylesheet]')?.getAttribute('href'),
    words,
    ...['tab', 'fold'].map(stored),
    matchMedia('(width < 720px)').matches,
    // Narrow windows have the places to press of fingers anyhow.
    matchMedia('(pointer: coarse), (width < 720px)').matches,
    matchMedia('(width < 1100px)').matches && sideBySide,
  ]);
}

export const today = (): string => new Date().toDateString();
