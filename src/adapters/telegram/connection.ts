import {
  type AccountInfo,
  type AccountSettings,
  AdapterError,
  Backoff,
  type BuddyInfo,
  type Connection,
  type Features,
  type Host,
  type ResolvedChat,
  type SetupLine,
  type WebhookRequest,
  type WebhookResponse,
} from '../../sdk/index.js';
import { BotApi } from './api.js';
import { Avatars } from './avatars.js';
import { telegramFeatures } from './features.js';
import { pause } from './files.js';
import { userName } from './ids.js';
import { Intake } from './intake.js';
import { Ledger } from './ledger.js';
import { readSession, type Session } from './login.js';
import { Outbound } from './outbound.js';
import { People } from './people.js';
import { poll } from './poll.js';
import { settingsOf } from './settings.js';
import { BadWebhook, register, Webhook } from './webhook.js';
import { type Me, meSchema } from './wire.js';

/** The longest that leaving waits for what is being stored. */
const lastWordsMs = 2_000;

type Is = 'new' | 'connecting' | 'backfilling' | 'online' | 'waiting' | 'needs-login' | 'failed' | 'stopped';

/** One bot: a round is one time of being connected; between two there is a wait, and after a refusal there is none. */
export class TelegramConnection implements Connection {
  readonly settings: AccountSettings;
  readonly #host: Host;
  readonly #api: BotApi;
  readonly #ledger: Ledger;
  readonly #people: People;
  readonly #avatars: Avatars;
  readonly #intake: Intake;
  readonly #outbound: Outbound;
  readonly #webhook: Webhook;
  readonly #backoff = new Backoff(2_000);
  readonly #number: number;
  readonly #end = new AbortController();
  #session: Session;
  #me: Me | undefined;
  #webhookTrouble: string | undefined;
  #is: Is = 'new';
  #why = '';
  #round = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;

  constructor(account: AccountInfo, host: Host) {
    this.#host = host;
    this.#session = readSession(account.session);
    this.#number = Number(this.#session.token.split(':')[0]);
    this.#api = new BotApi(host, this.#session);
    this.#ledger = new Ledger(host);
    this.#people = new People(host, this.#api, this.#ledger);
    this.#avatars = new Avatars(host, this.#api);
    this.#intake = new Intake(host, this.#api, this.#ledger, this.#people, this.#avatars);
    this.#outbound = new Outbound(host, this.#api, this.#ledger, (error) => this.#interrupt(error));
    this.#webhook = new Webhook(host, this.#intake, this.#session.secret);
    this.settings = settingsOf(host, this.#api, {
      session: () => this.#session,
      mustBeUp: () => this.#mustBeUp(),
      keep: (next) => this.#keep(next),
    });
  }

  start(): void {
    if (this.#is !== 'new') return;
    this.#host.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#host.onWebhook((request) => this.#onWebhook(request));
    this.#running = this.#run();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  chat(id: string): Features {
    const up =
      <A extends unknown[], R>(verb: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        this.#mustBeUp();
        return verb(...args);
      };
    return telegramFeatures({
      message: up((message) => this.#outbound.send(id, message)),
      edit: up((target, edit) => this.#outbound.edit(id, target, edit)),
      delete: up((target) => this.#outbound.delete(id, target)),
      react: up((target, emoji, on) => this.#outbound.react(id, target, emoji, on)),
      typing: up((on) => this.#outbound.typing(id, on)),
      members: up((signal) => this.#people.members(id, this.#ownBuddy(), signal)),
    });
  }

  async resolve(address: string, { join }: { join: boolean }): Promise<ResolvedChat> {
    return this.#people.resolve(address, join, () => this.#mustBeUp());
  }

  async leave(id: string): Promise<void> {
    this.#mustBeUp();
    await this.#outbound.leave(id);
  }

  /** What the person behind the bot should know; empty until Telegram has told who it is. */
  setup(): SetupLine[] {
    const me = this.#me;
    if (!me) return [];
    const sees = me.can_read_all_group_messages
      ? 'everything that is written'
      : 'only commands, answers to it, and mentions of it (group privacy is on: @BotFather, /setprivacy)';
    return [
      ...(me.username === undefined ? [] : [{ label: 'People write to', value: `https://t.me/${me.username}` }]),
      { label: 'In groups the bot sees', value: sees },
      {
        label: 'Groups',
        value: me.can_join_groups === false ? 'off (@BotFather, /setjoingroups)' : 'somebody in it adds the bot',
      },
      { label: 'Lists of members show', value: 'the administrators and a number; Telegram tells bots no more' },
      ...(this.#webhookTrouble === undefined
        ? []
        : [{ label: 'Telegram could not reach Parley', value: this.#webhookTrouble }]),
    ];
  }

  readonly #onAbort = () => void this.stop();

  async #stop(): Promise<void> {
    this.#end.abort();
    this.#round.abort();
    this.#api.close();
    this.#host.signal.removeEventListener('abort', this.#onAbort);
    await settledWithin(
      [this.#running, this.#avatars.stop(), this.#intake.settled(), this.#ledger.settled()],
      lastWordsMs,
    );
    this.#is = 'stopped';
    this.#host.state({ is: 'stopped' });
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      const round = new AbortController();
      this.#round = round;
      const thrown = await this.#connect(AbortSignal.any([signal, round.signal])).catch((reason: unknown) => reason);
      const error: unknown = round.signal.aborted ? round.signal.reason : thrown;
      if (signal.aborted) return;
      if (error instanceof Restart) continue;
      if (error instanceof Halt) return this.#halt(error.is, error.message);
      if (error instanceof AdapterError && error.kind === 'auth') return this.#halt('needs-login', error.message);
      await this.#wait(error, signal);
    }
  }

  /** One round; ends with what ended it. */
  async #connect(signal: AbortSignal): Promise<void> {
    this.#say('connecting');
    const host = this.#host;
    await host
      .checkServer(new URL(this.#session.apiRoot).hostname.replace(/^\[(.*)\]$/, '$1'))
      .catch((error: unknown) => {
        throw error instanceof AdapterError && error.kind === 'rejected' ? new Halt('failed', error.message) : error;
      });
    this.#me = await this.#api.call(meSchema, (api, end) => api.getMe(end), { signal });
    const parts = { host, api: this.#api, ledger: this.#ledger, intake: this.#intake, me: this.#number };
    const online = () => {
      this.#backoff.reset();
      this.#say('online');
    };
    if (this.#session.mode === 'polling')
      return poll(parts, { behind: () => this.#say('backfilling'), caughtUp: online }, signal);
    const trouble = (why: string | undefined) => {
      this.#webhookTrouble = why;
    };
    await register({ ...parts, secret: this.#session.secret }, { online, trouble }, signal).catch((error: unknown) => {
      throw error instanceof BadWebhook ? new Halt('failed', error.message) : error;
    });
  }

  async #wait(error: unknown, signal: AbortSignal): Promise<void> {
    const why = error instanceof AdapterError ? error.message : 'Something unexpected went wrong with Telegram.';
    if (!(error instanceof AdapterError))
      this.#host.log.warn('the connection broke unexpectedly', { error: String(error) });
    const ms = Math.max(this.#backoff.next(), (error instanceof AdapterError && error.retryAfterMs) || 0);
    this.#is = 'waiting';
    this.#why = why;
    this.#host.state({ is: 'waiting', retryAt: this.#host.clock.now() + ms, why });
    await pause(this.#host, ms, AbortSignal.any([signal, this.#round.signal]));
  }

  #halt(is: 'needs-login' | 'failed', why: string): void {
    this.#is = is;
    this.#why = why;
    this.#host.state({ is, why });
  }

  #say(is: 'connecting' | 'backfilling' | 'online'): void {
    if (this.#is === is || this.#end.signal.aborted) return;
    this.#is = is;
    this.#why = '';
    this.#host.state({ is });
  }

  /** A send that found nobody there, or the token revoked, knows more than the round under way. */
  #interrupt(error: AdapterError): void {
    if (this.#is === 'online' || this.#is === 'backfilling') this.#round.abort(error);
  }

  #mustBeUp(): void {
    if (this.#end.signal.aborted || this.#is === 'new') throw new AdapterError('temporary', 'The account is stopped.');
    if (this.#is === 'needs-login') throw new AdapterError('auth', this.#why);
    if (this.#is !== 'online' && this.#is !== 'backfilling')
      throw new AdapterError('temporary', this.#why || `${this.#api.peer} has not answered yet.`);
  }

  #ownBuddy(): BuddyInfo {
    const id = `${this.#number}`;
    const name = this.#me && (this.#me.username === undefined ? userName(this.#me) : `@${this.#me.username}`);
    return { id, address: id, ...(name === undefined ? {} : { name }) };
  }

  async #keep(next: Session): Promise<void> {
    const restart = next.mode !== this.#session.mode;
    await this.#host.saveSession(next);
    this.#session = next;
    if (!restart) return;
    const halted = this.#is === 'failed';
    this.#round.abort(new Restart());
    if (halted && !this.#end.signal.aborted) this.#running = this.#run();
  }

  async #onWebhook(request: WebhookRequest): Promise<WebhookResponse> {
    if (this.#end.signal.aborted || this.#session.mode !== 'webhook') return { status: 503 };
    return this.#webhook.onRequest(request, this.#number, this.#end.signal);
  }
}

/** The way messages come was changed. */
class Restart extends Error {}

class Halt extends Error {
  constructor(
    readonly is: 'failed',
    why: string,
  ) {
    super(why);
  }
}

/** Bounded in real time: it waits for storage, not for the clock. */
async function settledWithin(promises: Promise<unknown>[], ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.allSettled(promises), patience]);
  clearTimeout(timer);
}
