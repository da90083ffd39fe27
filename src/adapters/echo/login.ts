import { z } from 'zod';
import { AdapterError, type FormField, type LoginProcess, type LoginStep } from '../../sdk/index.js';
import { idOf } from './ids.js';

const fields: FormField[] = [
  {
    name: 'name',
    label: 'Your name there',
    kind: 'text',
    required: true,
    placeholder: 'alex',
    help: 'Any name. Nothing you write leaves this server.',
  },
  {
    name: 'secret',
    label: 'Password',
    kind: 'password',
    required: false,
    help: 'Any or none. With the password "wrong" the network refuses you when it connects.',
  },
  {
    name: 'buddies',
    label: 'Buddies',
    kind: 'list',
    required: false,
    default: 'echo',
    help: 'Names for the buddy list, separated by commas. All repeat what you write; the one called "silent" never answers.',
    advanced: true,
  },
];

const notAName = 'A name has 1 to 64 characters on one line.';
const name = z
  .string('Please enter a name.')
  .refine((typed) => idOf(typed) !== undefined, notAName)
  .transform((typed) => typed.trim().normalize('NFC'));
const empty = (value: unknown) => (value === null || value === '' ? undefined : value);
const split = (value: unknown) => (typeof value === 'string' ? value.split(',') : (empty(value) ?? ['echo']));

const input = z.object({
  name,
  secret: z.preprocess(
    empty,
    z
      .string('A password is a text.')
      .max(200, 'At most 200 characters.')
      .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), 'No line breaks or control characters.')
      .default(''),
  ),
  buddies: z.preprocess(
    (value) => split(empty(value) ?? 'echo'),
    z
      .array(z.string('Names, separated by commas.'), 'Names, separated by commas.')
      .max(50, 'At most 50 buddies.')
      .transform((names, context) => {
        const ids = names.filter((one) => one.trim() !== '').map(idOf);
        if (ids.includes(undefined)) context.addIssue(notAName);
        return [...new Set(ids.filter((id) => id !== undefined))];
      }),
  ),
});

const stored = z.object({ name: z.string(), secret: z.string(), buddies: z.array(z.string()), ticket: z.string() });
export type Session = z.infer<typeof stored>;

/** Reads a stored session; throws `auth` where it is not one of this adapter's. */
export function readSession(session: unknown): Session {
  const result = stored.safeParse(session);
  if (result.success) return result.data;
  throw new AdapterError('auth', 'The stored sign-in cannot be read. Sign in again.', { cause: result.error });
}

/** One form. Each sign-in gets a ticket of its own, so that one can be refused and the next is not. */
export class EchoLogin implements LoginProcess {
  #over = false;

  constructor(private readonly signal: AbortSignal) {}

  async start(): Promise<LoginStep> {
    return { type: 'form', title: 'Join the practice network', fields };
  }

  async next(values: Record<string, unknown>): Promise<LoginStep> {
    if (this.#over || this.signal.aborted) throw new AdapterError('rejected', 'This sign-in is over. Start again.');
    const form = input.safeParse(values);
    if (!form.success) {
      const notes: Record<string, string> = {};
      for (const issue of form.error.issues) notes[String(issue.path[0] ?? 'name')] ??= issue.message;
      throw new AdapterError('rejected', 'Please check the marked fields.', { fields: notes });
    }
    this.#over = true;
    const session = { ...form.data, ticket: crypto.randomUUID() };
    return { type: 'done', session, remoteId: idOf(session.name) ?? session.name, remoteName: session.name };
  }

  async cancel(): Promise<void> {
    this.#over = true;
  }
}
