import webPush from 'web-push';
import type { Device, Pushed, PushSender } from '../../core/attention/store.js';
import { DomainError } from '../../core/errors.js';
import { errorText } from '../../core/log.js';
import { type AddressPolicy, checkUrl, plainName } from '../net/addresses.js';
import { createGuardedFetch, type GuardedFetch } from '../net/guarded-fetch.js';
import type { PushKeys } from './keys.js';

const LIMIT_MS = 10_000;
/** A device that is off for longer is told nothing of what came in meanwhile. */
const TTL_SECONDS = 24 * 3600;

/**
 * Sends pushes (RFC 8030), each encrypted for its browser alone (RFC 8291). An endpoint is an address that somebody
 * else wrote: https and public, unless the admin lists its host.
 */
export class WebPushSender implements PushSender {
  readonly #policy: AddressPolicy;
  readonly #web: { fetch: GuardedFetch; close(): Promise<void> };

  constructor(
    private readonly keys: PushKeys,
    hosts: readonly string[],
    private readonly publicUrl: string | undefined,
  ) {
    this.#policy = { allowPrivate: false, except: new Set(hosts.map(plainName)) };
    this.#web = createGuardedFetch(this.#policy, { redirects: 'never' });
  }

  close(): Promise<void> {
    return this.#web.close();
  }

  /** @throws DomainError for an address that no push is sent to */
  readonly checkEndpoint = (endpoint: string): void => {
    try {
      const url = new URL(endpoint);
      checkUrl(url, this.#policy);
      if (url.protocol !== 'https:' && !this.#policy.except?.has(plainName(url.hostname)))
        throw new Error('it must be an https address');
    } catch (error) {
      throw new DomainError('invalid', 'forbidden-address', `Pushes are not sent there: ${errorText(error)}.`, {
        fields: { endpoint: 'must be a public https address, or one that the admin lists in PARLEY_PUSH_HOSTS' },
        cause: error,
      });
    }
  };

  async send({ endpoint, p256dh, auth }: Device, payload: string, topic: string, stop: AbortSignal): Promise<Pushed> {
    try {
      const { publicKey, privateKey } = await this.keys.pair();
      const request = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
        vapidDetails: { subject: this.#subject(), publicKey, privateKey },
        TTL: TTL_SECONDS,
        urgency: 'high',
        topic,
      });
      const signal = AbortSignal.any([stop, AbortSignal.timeout(LIMIT_MS)]);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const body = request.body === null ? null : new Uint8Array(request.body);
      const response = await this.#web.fetch(endpoint, { method: 'POST', headers, body }, signal);
      await response.body?.cancel();
      return outcomeOf(response);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return { is: 'failed', why: errorText(cause), retryAfterMs: undefined };
    }
  }

  #subject(): string {
    return this.publicUrl?.startsWith('https://') ? this.publicUrl : 'mailto:admin@localhost.localdomain';
  }
}

function outcomeOf({ ok, status, headers }: Response): Pushed {
  if (ok) return { is: 'sent' };
  if (status === 404 || status === 410) return { is: 'gone' };
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
  return { is: 'failed', why: `the push service answered ${status}`, retryAfterMs };
}
