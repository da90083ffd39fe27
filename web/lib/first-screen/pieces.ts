import type { Piece } from './kept';

const svg = 'http://www.w3.org/2000/svg';
/** They name an element of the page, which would be there twice. */
const naming = new Set(['id', 'aria-controls', 'aria-labelledby', 'aria-describedby', 'for', 'popovertarget']);
/** Lines about the connection and a new version are of their moment. */
const passing = '[popover], dialog, .link-line-box, .update-line';

/** Marks what is below the window. */
const below = 'data-below';

/** What an element is made of; null: it is not to be kept. `isSeen`: whether a row is. */
export function pieceOf(element: Element, isSeen: (row: Element) => boolean): Exclude<Piece, string> | null {
  if (element.matches(passing)) return null;
  const attributes: Record<string, string> = {};
  for (const { name, value } of element.attributes) if (!naming.has(name)) attributes[name] = value;
  if (element.matches('li[data-row]') && !isSeen(element)) attributes[below] = '';
  const children: Piece[] = [];
  for (const child of element.childNodes) {
    const piece = child instanceof Element ? pieceOf(child, isSeen) : child.textContent;
    if (piece) children.push(piece);
  }
  return [element.localName, attributes, children];
}

/** The element anew; `later` is given what puts in the rows below the window. Nothing in it is ever read as HTML. */
export function elementOf(piece: Exclude<Piece, string>, later: (() => void)[]): HTMLElement {
  const [name, attributes, children] = piece;
  const element = document.createElement(name);
  setAll(element, attributes);
  for (const child of children) {
    if (typeof child === 'string') element.append(child);
    else if (child[0] === 'svg') element.append(drawingOf(child));
    else if (below in child[1]) later.push(() => element.append(elementOf(child, later)));
    else element.append(elementOf(child, later));
  }
  return element;
}

function setAll(element: HTMLElement | SVGElement, attributes: Record<string, string>): void {
  for (const [name, value] of Object.entries(attributes)) {
    // The policy of the page forbids the attribute, not the style.
    if (name === 'style') element.style.cssText = value;
    else element.setAttribute(name, value);
  }
}

function drawingOf([name, attributes, children]: Exclude<Piece, string>): SVGElement {
  const element = document.createElementNS(svg, name);
  if (!(element instanceof SVGElement)) throw new TypeError('not a drawing');
  setAll(element, attributes);
  for (const child of children) element.append(typeof child === 'string' ? child : drawingOf(child));
  return element;
}
