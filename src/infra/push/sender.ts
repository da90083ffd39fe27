import webPush from 'web-push';
import type { Device, Pushed, PushSender } from '../../core/attention/store.js';
import { DomainError } from '../../core/errors.js';
import { errorText } from '../../core/log.js';
import { checkUrl, plainName } from '../net/addresses.js';
import { type Answered, Calls, reasonOf } from '../net/calls.js';
import type { PushKeys } from './keys.js';

/** A device that is off for longer is told nothing of what came in meanwhile. */
const TTL_SECONDS = 24 * 3600;

/**
 * Sends pushes (RFC 8030), each encrypted for its browser alone (RFC 8291). An endpoint is an address that somebody
 * else wrote: https and public, unless the admin lists its host.
 */
export class WebPushSender implements PushSender {
  readonly #calls: Calls;

  constructor(
    private readonly keys: PushKeys,
    hosts: readonly string[],
    private readonly publicUrl: string | undefined,
  ) {
    this.#calls = new Calls(hosts);
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  /** @throws DomainError for an address that no push is sent to */
  readonly checkEndpoint = (endpoint: string): void => {
    const { policy } = this.#calls;
    try {
      const url = new URL(endpoint);
      checkUrl(url, policy);
      if (url.protocol !== 'https:' && !policy.except?.has(plainName(url.hostname)))
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
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const body = request.body === null ? null : new Uint8Array(request.body);
      return outcomeOf(await this.#calls.post({ url: endpoint, headers, body }, stop));
    } catch (error) {
      return { is: 'failed', why: reasonOf(error), retryAfterMs: undefined };
    }
  }

  #subject(): string {
    return this.publicUrl?.startsWith('https://') ? this.publicUrl : 'mailto:admin@localhost.localdomain';
  }
}

function outcomeOf({ ok, status, headers }: Answered): Pushed {
  if (ok) return { is: 'sent' };
  if (status === 404 || status === 410) return { is: 'gone' };
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
  return { is: 'failed', why: `the push service answered ${status}`, retryAfterMs };
}
