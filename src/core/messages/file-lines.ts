import { escaped, oneLine } from './placeholders.js';

export type NamedFile = { id: string; name: string; size: number };

const NAME_LENGTH = 60;
const UNITS = ['kB', 'MB', 'GB'];

/** A file as a line of text: `photo.jpg (2.1 MB): https://…`. */
export const fileLine = (file: NamedFile, url: string): string =>
  `${shownName(file.name)} (${sizeText(file.size)}): ${url}`;

export const fileParagraph = (file: NamedFile, url: string): string =>
  `<p>${escaped(shownName(file.name))} (${sizeText(file.size)}): <a href="${escaped(url)}">${escaped(url)}</a></p>`;

/** One line, none that looks like an address or turns the writing direction; a long one keeps its end. */
function shownName(name: string): string {
  const line = oneLine(name).replaceAll('://', ':') || 'file';
  if (line.length <= NAME_LENGTH) return line.toWellFormed();
  const end = line.slice(-12);
  return `${line.slice(0, NAME_LENGTH - end.length - 3)}...${end}`.toWellFormed();
}

function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  let size = bytes / 1_000;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${size < 10 ? size.toFixed(1).replace(/\.0$/, '') : Math.round(size)} ${UNITS[unit]}`;
}
