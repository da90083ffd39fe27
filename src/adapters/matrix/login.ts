import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AdapterError, type LoginContext, type LoginProcess, type LoginStep } from '../../sdk/index.js';
import { Api, makeClient } from './client.js';
import { findApi, hostOf, serverName, signIn, whoIs } from './homeserver.js';
import { isUserId } from './ids.js';
import type { Who } from './link.js';
import { type Flow, flowFields, flowInputs } from './login-fields.js';
import { asAdapterError, codeOfAnswer } from './reasons.js';
import { type Settings, sessionOf } from './settings.js';
import { Wire } from './wire.js';

const askMs = 8_000;
const titles: Record<Flow, string> = {
  password: 'Sign in to a Matrix server',
  sso: 'Sign in to a Matrix server in the browser',
  token: 'Use an access token of a Matrix server',
};
const back = z.object({ loginToken: z.string().min(1).max(4000) });

/**
 * The sign-ins of Matrix. Where the server can be reached a password becomes a token at once, and then the account is known
 * by its own address; where it cannot, the connection does that later.
 */
export class MatrixLogin implements LoginProcess {
  #over = false;
  #waiting: Settings | undefined;

  constructor(
    private readonly flow: Flow,
    private readonly context: LoginContext,
  ) {}

  async start(): Promise<LoginStep> {
    return { type: 'form', title: titles[this.flow], fields: flowFields[this.flow] };
  }

  async next(input: Record<string, unknown>): Promise<LoginStep> {
    if (this.#over || this.context.signal.aborted) throw new AdapterError('rejected', 'This sign-in is finished.');
    if (this.#waiting) return this.#fromBrowser(this.#waiting, input);
    switch (this.flow) {
      case 'password': {
        const session = read(flowInputs.password, input);
        return this.#done({ ...session, ...(await this.#early(session)) }, guess(session.username, session.homeserver));
      }
      case 'token': {
        const session = read(flowInputs.token, input);
        const who = await this.#owner(session);
        const unknown = `token ${createHash('sha256').update(session.accessToken).digest('base64url').slice(0, 22)}`;
        return this.#done({ ...session, ...who, given: true }, session.userId ?? unknown);
      }
      case 'sso':
        return this.#toBrowser(read(flowInputs.sso, input));
    }
  }

  async cancel(): Promise<void> {
    this.#over = true;
  }

  #done(session: Settings, otherwise: string): LoginStep {
    this.#over = true;
    const { password, ...rest } = session;
    const remoteId = session.userId ?? otherwise;
    return {
      type: 'done',
      session: sessionOf(session.accessToken === undefined ? session : { ...rest }),
      remoteId,
      remoteName: isUserId(remoteId)
        ? remoteId
        : `${session.username ?? 'a token'} on ${serverName(session.homeserver)}`,
    };
  }

  /** Whatever goes wrong here is for the connection to find and to tell. */
  async #early(session: Settings): Promise<Who | Record<string, never>> {
    const { username = '', password = '', deviceName } = session;
    try {
      return await this.#asking(session, (api) => signIn(api, { username, password }, deviceName));
    } catch {
      return {};
    }
  }

  async #owner(session: Settings): Promise<Who | Record<string, never>> {
    try {
      return await this.#asking(session, (_api, url, wire) => whoIs(session, url, wire, this.context.log));
    } catch (error) {
      if (asAdapterError(error, '').kind !== 'auth') return {};
      throw mend('accessToken', 'The server does not accept this token.');
    }
  }

  /** The browser goes there and comes back to our callback with a token that is good once. */
  async #toBrowser(session: Settings): Promise<LoginStep> {
    const url = await this.#asking(session, async (_api, found) => found).catch((error: unknown) => {
      throw mend('homeserver', asAdapterError(error, serverName(session.homeserver)).message);
    });
    this.#waiting = session;
    const callback = new URL(this.context.callbackUrl);
    callback.searchParams.set('state', this.context.callbackState);
    const page = new URL(`${url}/_matrix/client/v3/login/sso/redirect`);
    page.searchParams.set('redirectUrl', callback.href);
    return { type: 'redirect', url: page.href };
  }

  async #fromBrowser(session: Settings, input: Record<string, unknown>): Promise<LoginStep> {
    const found = back.safeParse(input);
    if (!found.success)
      throw new AdapterError('rejected', 'The browser came back without a sign-in. Please try again.');
    const { loginToken } = found.data;
    try {
      const who = await this.#asking(session, (api) => signIn(api, { loginToken }, session.deviceName));
      return this.#done({ ...session, ...who }, who.userId);
    } catch (error) {
      const refused = codeOfAnswer(error) === 'M_FORBIDDEN';
      const why = refused
        ? 'The server no longer accepts this sign-in.'
        : asAdapterError(error, serverName(session.homeserver)).message;
      throw new AdapterError('rejected', `${why} Please begin again.`, { cause: error });
    }
  }

  async #asking<T>(session: Settings, ask: (api: Api, url: string, wire: Wire) => Promise<T>): Promise<T> {
    const { context } = this;
    const wire = new Wire(context, session.certificate);
    const cancel = context.clock.after(askMs, () => wire.close());
    try {
      await context.checkServer(hostOf(session.homeserver));
      const url = await findApi(session.homeserver, wire, context.log);
      await context.checkServer(hostOf(url));
      return await ask(
        new Api(await makeClient({ baseUrl: url, wire, log: context.log }), serverName(session.homeserver)),
        url,
        wire,
      );
    } finally {
      cancel();
      wire.close();
    }
  }
}

/** The address that a bare name most likely has: the server's name is mostly that of the homeserver. */
const guess = (username: string, homeserver: string): string =>
  isUserId(username) ? username : `@${username.replace(/^@/, '')}:${serverName(homeserver)}`;

function read<T extends z.ZodType>(schema: T, input: Record<string, unknown>): z.infer<T> {
  const form = schema.safeParse(input);
  if (form.success) return form.data;
  const notes: Record<string, string> = {};
  for (const issue of form.error.issues) notes[String(issue.path[0] ?? 'homeserver')] ??= issue.message;
  throw new AdapterError('rejected', 'Please check the marked fields.', { fields: notes });
}

const mend = (field: string, words: string) => new AdapterError('rejected', words, { fields: { [field]: words } });
