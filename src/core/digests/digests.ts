import { AdapterError } from '../../sdk/index.js';
import { isConnected, limited } from '../accounts/ask.js';
import type { Supervisor } from '../accounts/supervisor.js';
import { DomainError, notFound } from '../errors.js';
import { type Clock, errorText, type Log } from '../log.js';
import { quietUntil } from '../routing/quiet.js';
import { type DigestLetter, emptyLetter, type Missed, mailLetters } from './letters.js';
import { earliest, ripeAt } from './rules.js';
import type { DigestRules, DigestService, DigestView } from './service.js';
import { smsLetter } from './sms.js';
import type { Digest, DigestStore, Reply } from './store.js';
import { addressed, typed } from './typed.js';

const TICK_MS = 3_000;
/** After trouble. */
const AGAIN_MS = 60_000;
const SEEN_EVERY_MS = 60_000;
const MOST_REMEMBERED = 10_000;
/** Asked for by hand, a digest looks back so far. */
const BY_HAND_MS = 7 * 86_400_000;

/** What a look at a user's missed messages said; while their revision stands, it is not looked again before `at`. */
type Looked = { rev: number; at: number };

/**
 * Tells users who are away what they missed, and sends on what they answer. All that was done is in the rows: a crash
 * between two steps repeats none of them.
 */
export class Digests implements DigestService {
  #stopped = false;
  #cancel: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #looked = new Map<string, Looked>();
  readonly #seen = new Map<string, number>();

  constructor(
    private readonly store: DigestStore,
    private readonly supervisor: Supervisor,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#running = this.round().then(() => {
      if (!this.#stopped) this.#cancel = this.clock.after(TICK_MS, () => this.start());
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  /** One look at all there is to do. Never rejects: what did not work is tried again at the next. */
  async round(): Promise<void> {
    await this.#each(
      'digests',
      () => this.store.away(this.clock.now()),
      (digest) => this.#tell(digest),
    );
    await this.#each(
      'answers to digests',
      () => this.store.answered(),
      (userId) => this.#sendOn(userId),
    );
    await this.#each(
      'what became of answers',
      () => this.store.lost(),
      ({ reply, conversationId, reason }) => this.store.report(reply, reason, conversationId, this.clock.now()),
    );
  }

  async get(userId: string): Promise<DigestView> {
    const digest = await this.store.find(userId);
    if (!digest) return { ...NONE };
    const { rules, lastSentAt } = digest;
    const account = await this.#problemOf(digest);
    const problem = account ?? digest.problem ?? (await this.store.lastFailure(userId));
    return {
      ...rules,
      lastSentAt: lastSentAt === undefined ? null : new Date(lastSentAt).toISOString(),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  async put(userId: string, rules: DigestRules): Promise<DigestView> {
    const account = await this.store.account(userId, rules.accountId);
    if (!account) throw notFound('account');
    if (account.channel === 'im')
      throw new DomainError('invalid', 'digest-account', 'A digest goes by mail or SMS: choose such an account.', {
        fields: { accountId: 'must be an account for mail or SMS' },
      });
    const fits = account.channel === 'email' ? /^[^\s@<>,;]+@[^\s@<>,;]+$/ : /^\+?[\d ()/.-]{3,30}$/;
    if (!fits.test(rules.address))
      throw new DomainError('invalid', 'invalid-address', 'This is no address that the account can write to.', {
        fields: { address: account.channel === 'email' ? 'must be a mail address' : 'must be a phone number' },
      });
    await this.store.save(userId, rules, this.clock.now());
    this.#looked.delete(userId);
    return this.get(userId);
  }

  async sendNow(userId: string): Promise<DigestView> {
    const digest = await this.store.find(userId);
    if (!digest) throw new DomainError('conflict', 'no-digest', 'Say first where missed messages are to be sent.');
    const problem = await this.#problemOf(digest);
    if (problem !== undefined) throw cannotSend(problem);
    const since = this.clock.now() - BY_HAND_MS;
    const failed = await this.#make(digest, since, (missed, compose) =>
      missed.length === 0 ? [emptyLetter()] : compose(missed),
    );
    if (failed !== undefined) throw cannotSend(failed);
    return this.get(userId);
  }

  active(userId: string): void {
    const now = this.clock.now();
    if (now - (this.#seen.get(userId) ?? 0) < SEEN_EVERY_MS) return;
    if (this.#seen.size >= MOST_REMEMBERED) this.#seen.clear();
    this.#seen.set(userId, now);
    this.store.seen(userId, now).catch((error) => {
      this.#seen.delete(userId);
      this.log.warn('it could not be kept when a user was here', { error: errorText(error) });
    });
  }

  async #tell(digest: Digest): Promise<void> {
    const { userId, rules, rev } = digest;
    const now = this.clock.now();
    if (earliest(rules, digest) > now || (rules.quiet && quietUntil(rules.quiet, now) !== undefined)) return;
    const looked = this.#looked.get(userId);
    if (looked?.rev === rev && looked.at > now) return;
    if ((await this.#problemOf(digest)) !== undefined) return;
    let ripe = now + AGAIN_MS;
    await this.#make(digest, Math.max(digest.since, digest.lastSeenAt ?? 0), (missed, compose) => {
      ripe = ripeAt(rules, missed);
      return ripe > now ? [] : compose(missed);
    });
    if (this.#looked.size >= MOST_REMEMBERED) this.#looked.clear();
    this.#looked.set(userId, { rev, at: ripe });
  }

  /** Answers why none could be made. */
  async #make(
    digest: Digest,
    since: number,
    choose: (missed: Missed[], compose: (missed: Missed[]) => DigestLetter[]) => DigestLetter[],
  ): Promise<string | undefined> {
    const { userId, rules } = digest;
    const account = await this.store.account(userId, rules.accountId);
    if (!account) return REMOVED;
    const compose = (missed: Missed[]) =>
      account.channel === 'sms' ? [smsLetter(missed)] : mailLetters(missed, rules.zone);
    const work = async () => {
      const chatId = await this.store.openChat(userId, rules.accountId, rules.address);
      const request = { chatId, include: rules.include, since, now: this.clock.now() };
      await this.store.make(userId, request, (missed) => choose(missed, compose));
    };
    try {
      await limited(this.clock, work);
      if (digest.problem !== undefined) await this.store.setProblem(userId, undefined);
      return undefined;
    } catch (error) {
      if (!(error instanceof DomainError) && !(error instanceof AdapterError)) throw error;
      await this.store.setProblem(userId, error.message);
      return error.message;
    }
  }

  /** Why the account cannot send a digest now. */
  async #problemOf({ userId, rules }: Digest): Promise<string | undefined> {
    const account = await this.store.account(userId, rules.accountId);
    if (!account) return REMOVED;
    const live = this.supervisor.get(rules.accountId);
    const state = live?.state;
    if (isConnected(live)) return undefined;
    const why = state && 'why' in state ? ` (${state.why})` : '';
    return `The account that sends digests is not connected${why}.`;
  }

  async #sendOn(userId: string): Promise<void> {
    const { upTo, replies } = await this.store.replies(userId);
    for (const reply of replies) await this.#deal(reply);
    if (upTo !== undefined) await this.store.looked(userId, upTo);
  }

  async #deal(reply: Reply): Promise<void> {
    const now = this.clock.now();
    if (reply.ignored) return this.store.ignore(reply, now);
    const to = addressed(typed(reply.text), reply.conversationIds, reply.files.length);
    if (to.is === 'unclear') return this.store.report(reply, to.why, undefined, now);
    try {
      await this.store.answer(reply, to, now);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error;
      await this.store.report(reply, error.message, to.conversationId, now);
    }
  }

  /** What fails for one does not keep the others waiting. */
  async #each<T>(what: string, list: () => Promise<T[]>, work: (item: T) => Promise<void>): Promise<void> {
    const warn = (error: unknown) => this.log.warn(`${what}: some could not be done`, { error: errorText(error) });
    try {
      for (const item of await list()) {
        if (this.#stopped) return;
        await work(item).catch(warn);
      }
    } catch (error) {
      warn(error);
    }
  }
}

const REMOVED = 'The account that sends digests was removed. Choose another one.';

const cannotSend = (problem: string) => new DomainError('conflict', 'digest-not-sent', problem);

/** What a user has who never said anything. */
const NONE: DigestView = {
  enabled: false,
  accountId: null,
  address: '',
  awayMinutes: 30,
  everyMinutes: 60,
  include: 'direct',
  quiet: null,
  zone: 'UTC',
  lastSentAt: null,
};
