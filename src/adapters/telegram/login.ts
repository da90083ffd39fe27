import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  AdapterError,
  type FormField,
  type JsonObject,
  type LoginContext,
  type LoginProcess,
  type LoginStep,
} from '../../sdk/index.js';
import { BotApi } from './api.js';
import { userName } from './ids.js';
import { meSchema } from './wire.js';

const publicRoot = 'https://api.telegram.org';
const askWithinMs = 5_000;

export const modeField: FormField = {
  name: 'mode',
  label: 'How messages come',
  kind: 'choice',
  required: false,
  default: 'polling',
  choices: [
    { value: 'polling', label: 'Parley asks for them' },
    { value: 'webhook', label: 'Telegram calls Parley (needs a public https address)' },
  ],
  advanced: true,
};

const fields: FormField[] = [
  {
    name: 'token',
    label: 'Bot token',
    kind: 'password',
    required: true,
    placeholder: '123456789:AAE…',
    help: 'Make a bot with @BotFather on Telegram and enter the token it gives you. One bot is one inbox; your own account is not read.',
  },
  {
    name: 'apiRoot',
    label: 'Bot API server',
    kind: 'url',
    required: false,
    default: publicRoot,
    help: 'Only where you run a Bot API server of your own.',
  },
  modeField,
];

const empty = (value: unknown) => (value === null || value === '' ? undefined : value);
const notAToken = 'A token looks like 123456789:AAE… and comes from @BotFather.';
export const modeSchema = z.preprocess(
  (value) => empty(value) ?? 'polling',
  z.enum(['polling', 'webhook'], 'polling or webhook'),
);

const input = z.object({
  token: z
    .string(notAToken)
    .max(200, notAToken)
    .refine((typed) => /^\s*\d{1,15}:[A-Za-z0-9_-]{10,}\s*$/.test(typed) && !/\p{Cc}/u.test(typed), notAToken)
    .transform((typed) => typed.trim()),
  apiRoot: z.preprocess(
    (value) => empty(value) ?? publicRoot,
    z
      .string('An address that starts with https://.')
      .max(500, 'At most 500 characters.')
      .refine((typed) => !/\p{Cc}/u.test(typed), 'No line breaks or control characters.')
      .transform((typed, context) => {
        const url = URL.parse(typed.trim());
        const fits =
          url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
        if (fits) return url.href.replace(/\/+$/, '');
        context.addIssue({ code: 'custom', message: 'An address that starts with https:// or http://, without more.' });
        return z.NEVER;
      }),
  ),
  mode: modeSchema,
});

const stored = input.extend({
  /** What Telegram must say in each call to our webhook. */
  secret: z.string().regex(/^[A-Za-z0-9_-]{16,}$/),
  commands: z.array(z.object({ command: z.string(), description: z.string() })).default([]),
  description: z.string().default(''),
});
export type Session = z.output<typeof stored>;

/** Reads a stored session; throws `auth` where it is not one of this adapter's. */
export function readSession(session: JsonObject): Session {
  const result = stored.safeParse(session);
  if (result.success) return result.data;
  throw new AdapterError('auth', 'The stored sign-in cannot be read. Sign in again.', { cause: result.error });
}

/** One form. Telegram is asked for the bot's name, and whether the token is right; where it is away, that waits. */
export class TelegramLogin implements LoginProcess {
  #over = false;

  constructor(
    flow: string,
    private readonly context: LoginContext,
  ) {
    if (flow !== 'bot') throw new AdapterError('rejected', `Telegram has no sign-in called "${flow}".`);
  }

  async start(): Promise<LoginStep> {
    return { type: 'form', title: 'Connect a Telegram bot', fields };
  }

  async next(values: Record<string, unknown>): Promise<LoginStep> {
    this.#mustBeOpen();
    const form = input.safeParse(values);
    if (!form.success) {
      const notes: Record<string, string> = {};
      for (const issue of form.error.issues) notes[String(issue.path[0] ?? 'token')] ??= issue.message;
      throw new AdapterError('rejected', 'Please check the marked fields.', { fields: notes });
    }
    const { token, apiRoot } = form.data;
    const name = await this.#nameOf(form.data);
    this.#mustBeOpen();
    this.#over = true;
    const number = token.slice(0, token.indexOf(':'));
    const session = { ...form.data, secret: randomBytes(32).toString('base64url'), commands: [], description: '' };
    const remoteId = apiRoot === publicRoot ? `bot:${number}` : `bot:${number}@${new URL(apiRoot).host}`;
    return { type: 'done', session, remoteId, remoteName: name ?? `Bot ${number}` };
  }

  async cancel(): Promise<void> {
    this.#over = true;
  }

  #mustBeOpen(): void {
    if (this.#over || this.context.signal.aborted)
      throw new AdapterError('rejected', 'This sign-in is over. Start again.');
  }

  async #nameOf(form: { apiRoot: string; token: string }): Promise<string | undefined> {
    const { signal } = this.context;
    const api = new BotApi(this.context, form);
    try {
      const me = await api.call(meSchema, (one, end) => one.getMe(end), { signal, withinMs: askWithinMs });
      return me.username === undefined ? userName(me) : `@${me.username}`;
    } catch (error) {
      if (error instanceof AdapterError && error.kind === 'auth')
        throw new AdapterError('rejected', error.message, { fields: { token: error.message } });
      return undefined;
    }
  }
}
