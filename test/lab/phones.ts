import type { Part } from './sms-text.ts';
import type { ReceivedSms } from './types.ts';

const kept = 10_000;
const keptParts = 1_000;

export type Arriving = { via: 'smpp' | 'http'; from: string; to: string; body: Buffer; part?: Part };

/** The phones of everyone: what arrived, long messages put together in whatever order their parts came. */
export interface Phones {
  arrive(message: Arriving, decode: (body: Buffer) => string): void;
  received(phone: string): ReceivedSms[];
  /** Called with the phone's number for each message it shows from now on. */
  onReceived(listener: (phone: string, sms: ReceivedSms) => void): void;
}

export function makePhones(): Phones {
  const inbox: (ReceivedSms & { to: string })[] = [];
  const waiting = new Map<string, Map<number, Buffer>>();
  const listeners = new Set<(phone: string, sms: ReceivedSms) => void>();

  const show = ({ via, from, to }: Arriving, text: string) => {
    const sms = { from: shown(from), text, via, at: Date.now() };
    inbox.push({ ...sms, to: digits(to) });
    if (inbox.length > kept) inbox.shift();
    for (const listener of listeners) listener(shown(to), sms);
  };

  return {
    arrive(message, decode) {
      const { part } = message;
      if (!part || part.total < 2) return show(message, decode(message.body));
      const key = [message.via, message.from, message.to, part.reference, part.total].join(' ');
      const parts = waiting.get(key) ?? new Map<number, Buffer>();
      waiting.set(key, parts.set(part.index, message.body));
      const oldest = waiting.keys().next().value;
      if (waiting.size > keptParts && oldest !== undefined) waiting.delete(oldest);
      if (parts.size < part.total) return;
      waiting.delete(key);
      const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, body]) => body);
      show(message, decode(Buffer.concat(inOrder)));
    },
    onReceived: (listener) => void listeners.add(listener),
    received: (phone) => inbox.filter(({ to }) => to === digits(phone)).map(({ to: _, ...message }) => message),
  };
}

/** The digits of a number, which is all that two ways of writing it have in common. */
export const digits = (number: string): string => number.replace(/^00/, '').replace(/\D/g, '');

/** A long number as people write it, `+` first; a short code or a name as it is. */
const shown = (number: string): string => (/^\+?\d{7,}$/.test(number) ? `+${digits(number)}` : number);
