import { AdapterError } from '../../sdk/index.js';

/** Longest line without tags, with its line end. */
export const maxLine = 512;

/**
 * The one place where lines to the server are made. A parameter that would end its line or become another parameter
 * is refused, so nothing a person or another network wrote can become a command.
 *
 * @throws AdapterError `rejected`
 */
export function line(command: string, params: string[]): string {
  const last = params.at(-1) ?? '';
  return join(command, params, last === '' || last.startsWith(':') || last.includes(' '));
}

/** As `line`, with the last parameter always marked as one that may hold spaces: what texts are sent with. */
export function textLine(command: string, target: string, text: string, tags?: Record<string, string>): string {
  return `${tagsOf(tags)}${join(command, [target, text], true)}`;
}

/** A finished line with tags in front. */
export function tagged(text: string, tags: Record<string, string>): string {
  return `${tagsOf(tags)}${text}`;
}

function join(command: string, params: string[], marked: boolean): string {
  const words = params.map((param, index) => {
    if (/[\r\n\0]/.test(param)) throw refused(command, 'a line break');
    if (!param.isWellFormed()) throw refused(command, 'half a character');
    if (marked && index === params.length - 1) return `:${param}`;
    if (param === '' || param.startsWith(':') || param.includes(' ')) throw refused(command, 'a space');
    return param;
  });
  const text = [command, ...words].join(' ');
  if (Buffer.byteLength(text) + 2 > maxLine) throw refused(command, 'more than fits on a line');
  return text;
}

const refused = (command: string, what: string) =>
  new AdapterError('rejected', `IRC cannot carry this: ${what} in ${command}.`);

const escapes: Record<string, string> = { ';': '\\:', ' ': '\\s', '\\': '\\\\', '\r': '\\r', '\n': '\\n', '\0': '' };

function tagsOf(tags: Record<string, string> | undefined): string {
  if (!tags) return '';
  const parts = Object.entries(tags).map(([name, value]) =>
    value === '' ? name : `${name}=${value.toWellFormed().replace(/[; \\\r\n\0]/g, (sign) => escapes[sign] ?? '')}`,
  );
  return parts.length > 0 ? `@${parts.join(';')} ` : '';
}
