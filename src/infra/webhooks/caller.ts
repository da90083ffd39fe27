import { createHmac } from 'node:crypto';
import { DomainError } from '../../core/errors.js';
import { errorText } from '../../core/log.js';
import type { CallWebhook, WebhookCall } from '../../core/webhooks/dispatcher.js';
import { type AddressPolicy, checkUrl, plainName } from '../net/addresses.js';
import { createGuardedFetch, type GuardedFetch } from '../net/guarded-fetch.js';

const LIMIT_MS = 10_000;
/** Read so that the connection can be used again; a longer answer ends it. */
const MOST_READ = 16 * 1024;

export type WebhookCaller = { call: CallWebhook; checkUrl(url: string): void; close(): Promise<void> };

/** Calls webhooks at public addresses, and at the private ones that the admin lists. */
export function createWebhookCaller(hosts: readonly string[]): WebhookCaller {
  const policy: AddressPolicy = { allowPrivate: false, except: new Set(hosts.map(plainName)) };
  const web = createGuardedFetch(policy, { redirects: 'never' });
  return {
    call: (call, signal) => makeCall(web.fetch, call, signal),
    checkUrl: (url) => checkWebhookUrl(url, policy),
    close: () => web.close(),
  };
}

/** `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over the time, a full stop and the body. */
function signature({ secret, body, at }: WebhookCall): string {
  const time = Math.floor(at / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

async function makeCall(fetch: GuardedFetch, call: WebhookCall, stop: AbortSignal): Promise<string | undefined> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(LIMIT_MS)]);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Parley',
    'parley-signature': signature(call),
    'parley-webhook-id': call.webhookId,
  };
  try {
    const response = await fetch(call.url, { method: 'POST', headers, body: call.body }, signal);
    await drop(response);
    if (response.ok) return undefined;
    const followed = response.status >= 300 && response.status < 400 ? ' (redirects are not followed)' : '';
    return `it answered ${response.status}${followed}`;
  } catch (error) {
    return reasonOf(error);
  }
}

/** What the body says does not matter, nor whether it ends. */
async function drop(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (let read = 0; read <= MOST_READ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      read += value.byteLength;
    }
    await reader.cancel();
  } catch {
    // The status line was the answer.
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `it did not answer within ${LIMIT_MS / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return errorText(error);
  return cause.message || ('code' in cause ? String(cause.code) : errorText(error));
}

function checkWebhookUrl(url: string, policy: AddressPolicy): void {
  try {
    checkUrl(new URL(url), policy);
  } catch (error) {
    const message = `Webhooks are not sent there: ${errorText(error)}.`;
    throw new DomainError('invalid', 'forbidden-address', message, {
      fields: { url: 'must be a public address, or one that the admin lists in PARLEY_WEBHOOK_HOSTS' },
      cause: error,
    });
  }
}
