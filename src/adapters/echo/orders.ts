import type { PresenceState } from '../../sdk/index.js';

/** What a message asks of the network. */
export type Order =
  | { do: 'fail'; as: 'auth' | 'rejected'; why: string }
  | { do: 'fail-first'; tries: number }
  | { do: 'rate-limit'; ms: number }
  /** `provenAfterMs`: the echo that settles it comes later, else never. */
  | { do: 'unknown'; provenAfterMs: number | undefined }
  | { do: 'delay'; ms: number }
  | { do: 'late-echo'; ms: number }
  | { do: 'no-echo' }
  | { do: 'receipt'; proves: 'delivered' | 'read' | 'failed'; afterMs: number }
  | { do: 'trouble'; is: Trouble; ms: number }
  | { do: 'typing'; ms: number }
  | { do: 'edit' | 'delete'; afterMs: number }
  | { do: 'react'; emoji: string }
  | { do: 'presence'; state: PresenceState; note: string | undefined; idleMs?: number; call?: true }
  | { do: 'time-zone'; zone: string }
  | { do: 'rename'; name: string }
  | { do: 'invite'; room: string }
  | { do: 'flood'; count: number }
  | { do: 'duplicate' }
  | { do: 'help' };

/** What can be wrong with the practice server. */
export type Trouble = 'away' | 'silent' | 'garbled';

export const most = { floods: 500, tries: 20, minutes: 10 };

type Entry = { form: RegExp; example: string; about: string; order: (match: RegExpExecArray) => Order };

/** Every order, in the order in which `help` tells them. */
const orders: Entry[] = [
  {
    form: /^fail auth$/i,
    example: 'fail auth',
    about: 'the sign-in is refused until you sign in again',
    order: () => ({ do: 'fail', as: 'auth', why: 'The practice network refuses this sign-in, as the message asked.' }),
  },
  {
    form: /^fail rejected(?: (.{1,200}))?$/i,
    example: 'fail rejected too rude',
    about: 'this message is refused for good, with your reason',
    order: ([, why]) => ({ do: 'fail', as: 'rejected', why: why ?? 'The practice network refuses this message.' }),
  },
  {
    form: /^fail temporary(?: (\d{1,2}))?$/i,
    example: 'fail temporary 2',
    about: 'the first two tries fail, the third succeeds',
    order: ([, tries]) => ({ do: 'fail-first', tries: Math.min(Number(tries ?? 1), most.tries) }),
  },
  timed('rate-limit', 3, 'the first try is too early by that long', (ms) => ({ do: 'rate-limit', ms })),
  {
    form: /^unknown$/i,
    example: 'unknown',
    about: 'nobody can tell whether it was sent',
    order: () => ({ do: 'unknown', provenAfterMs: undefined }),
  },
  timed('unknown', 2, 'the same, until its echo proves it', (ms) => ({ do: 'unknown', provenAfterMs: ms }), 'needed'),
  timed('delay', 5, 'sending takes that long', (ms) => ({ do: 'delay', ms })),
  timed('late echo', 5, 'the answer comes that much later', (ms) => ({ do: 'late-echo', ms })),
  { form: /^no echo$/i, example: 'no echo', about: 'no answer', order: () => ({ do: 'no-echo' }) },
  {
    form: /^(deliver|read)$/i,
    example: 'deliver',
    about: 'a receipt; "read" gives both',
    order: ([, word]) => ({ do: 'receipt', proves: word?.toLowerCase() === 'read' ? 'read' : 'delivered', afterMs: 0 }),
  },
  timed('late receipt', 2, 'the receipt comes later', (afterMs) => ({ do: 'receipt', proves: 'delivered', afterMs })),
  timed('bounce', 2, 'first sent, then found undeliverable', (afterMs) => ({
    do: 'receipt',
    proves: 'failed',
    afterMs,
  })),
  timed('disconnect', 5, 'the server is away for that long', (ms) => ({ do: 'trouble', is: 'away', ms })),
  timed('hang', 30, 'the server answers nothing for that long', (ms) => ({ do: 'trouble', is: 'silent', ms })),
  timed('garbage', 5, 'the server talks nonsense for that long', (ms) => ({ do: 'trouble', is: 'garbled', ms })),
  timed('typing', 3, 'the buddy types, then answers', (ms) => ({ do: 'typing', ms })),
  timed('edit', 1, 'the answer is edited', (afterMs) => ({ do: 'edit', afterMs })),
  timed('delete', 1, 'the answer is deleted', (afterMs) => ({ do: 'delete', afterMs })),
  {
    form: /^react(?: (\S{1,32}))?$/i,
    example: 'react 👍',
    about: 'a reaction to your message',
    order: ([, emoji]) => ({ do: 'react', emoji: emoji ?? '👍' }),
  },
  {
    form: /^presence (online|away|dnd|offline|unknown)(?: idle (\d{1,4})m)?( on a call)?(?: (.{1,200}))?$/i,
    example: 'presence away at lunch',
    about: 'the buddy\'s presence changes; "idle 20m" and "on a call" may come before the note',
    order: ([, state, idle, call, note]) => ({
      do: 'presence',
      state: presenceOf(state),
      note,
      ...(idle !== undefined && { idleMs: Number(idle) * 60_000 }),
      ...(call !== undefined && { call: true }),
    }),
  },
  {
    form: /^time zone (\S{1,64})$/i,
    example: 'time zone Asia/Tokyo',
    about: 'the buddy says where they are',
    order: ([, zone]) => ({ do: 'time-zone', zone: zone ?? '' }),
  },
  {
    form: /^rename (\S.{0,63})$/i,
    example: 'rename Bob',
    about: "the buddy's name changes",
    order: ([, name]) => ({ do: 'rename', name: name ?? '' }),
  },
  {
    form: /^invite (#\S{1,62})$/i,
    example: 'invite #parlour',
    about: 'you are asked into a room',
    order: ([, room]) => ({ do: 'invite', room: (room ?? '').normalize('NFC').toLowerCase() }),
  },
  {
    form: /^flood(?: (\d{1,6}))?$/i,
    example: 'flood 100',
    about: `that many answers, at most ${most.floods}`,
    order: ([, count]) => ({ do: 'flood', count: Math.min(Number(count ?? 100), most.floods) }),
  },
  {
    form: /^duplicate$/i,
    example: 'duplicate',
    about: 'the answer comes twice, as the same message',
    order: () => ({ do: 'duplicate' }),
  },
  { form: /^help$/i, example: 'help', about: 'this list', order: () => ({ do: 'help' }) },
];

/** The orders of a text: one a line, or separated by semicolons. Empty where any part of it is none. */
export function ordersIn(text: string): Order[] {
  if (text.length > 1000) return [];
  const found: Order[] = [];
  for (const part of text.split(/[;\n]/)) {
    const order = orderIn(part.trim());
    if (!order) return [];
    found.push(order);
  }
  return found;
}

function orderIn(text: string): Order | undefined {
  for (const { form, order } of orders) {
    const match = form.exec(text);
    if (match) return order(match);
  }
  return undefined;
}

export const helpText = [
  'I repeat what you write. The buddy silent does not; with historian there is an old conversation; #parlour is a room. Some messages are orders; several go together with ";" between them:',
  ...orders.map(({ example, about }) => `${example}: ${about}`),
].join('\n');

/** An order with a time in it: `word`, or `word 5s`, `word 200ms`, `word 1m`. */
function timed(word: string, usual: number, about: string, order: (ms: number) => Order, time?: 'needed'): Entry {
  const form = new RegExp(`^${word}${time ? ' ' : '(?: '}(\\d{1,6}) ?(ms|s|m)?${time ? '' : ')?'}$`, 'i');
  return {
    form,
    example: `${word} ${usual}s`,
    about,
    order: ([, count, unit]) => order(count === undefined ? usual * 1000 : milliseconds(Number(count), unit)),
  };
}

function milliseconds(count: number, unit = 's'): number {
  const factor = { ms: 1, s: 1000, m: 60_000 }[unit.toLowerCase()] ?? 1000;
  return Math.min(count * factor, most.minutes * 60_000);
}

const states: readonly PresenceState[] = ['online', 'away', 'dnd', 'offline'];
const presenceOf = (word = ''): PresenceState => states.find((state) => state === word.toLowerCase()) ?? 'unknown';
