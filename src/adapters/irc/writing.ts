import type { Link } from './link.js';
import type { Part } from './multiline.js';
import { line, maxLine, tagged, textLine } from './wire.js';

/** Bytes of text in a line as the server passes it on, with our nick and host in front. */
export function roomOf({ nick, mask, support }: Link, target: string, action: boolean): number {
  const host = Math.max(mask === undefined ? 75 : Buffer.byteLength(mask), 20);
  const prefix = Math.max(Buffer.byteLength(nick), support.nickLength) + host + 3;
  const frame = `PRIVMSG ${target} :\r\n`;
  const room = maxLine - prefix - Buffer.byteLength(frame) - (action ? '\x01ACTION \x01'.length : 0);
  return Math.max(room, 64);
}

/** The lines of a message in parts; the first carries the tags of the whole. */
export function inParts(batch: string, target: string, parts: Part[], opening: Record<string, string>): string[] {
  const lines = parts.map(({ text, glued }) =>
    textLine('PRIVMSG', target, text, { batch, ...(glued && { 'draft/multiline-concat': '' }) }),
  );
  const begin = tagged(line('BATCH', [`+${batch}`, 'draft/multiline', target]), opening);
  return [begin, ...lines, line('BATCH', [`-${batch}`])];
}
