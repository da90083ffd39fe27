import { oneLine } from './placeholders.js';

/** What a message answers. `here`: the network it goes to knows that message in this chat. */
export type Quote = { senderName: string; text: string; here: boolean };

const LENGTH = 80;

/** The beginning of what is answered, in signs that every network has. */
export function quoteLine({ senderName, text }: Quote): string {
  const line = oneLine(text);
  const cut = line.length > LENGTH ? `${line.slice(0, LENGTH).trimEnd()}...` : line;
  return [oneLine(senderName).slice(0, 60), cut]
    .filter((part) => part !== '')
    .join(': ')
    .toWellFormed();
}
