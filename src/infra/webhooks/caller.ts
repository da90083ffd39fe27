import { createHmac } from 'node:crypto';
import { DomainError } from '../../core/errors.js';
import { errorText } from '../../core/log.js';
import type { CallWebhook, WebhookCall } from '../../core/webhooks/dispatcher.js';
import { type AddressPolicy, checkUrl } from '../net/addresses.js';
import { Calls, reasonOf } from '../net/calls.js';

export type WebhookCaller = { call: CallWebhook; checkUrl(url: string): void; close(): Promise<void> };

/** Calls webhooks at public addresses, and at the private ones that the admin lists. */
export function createWebhookCaller(hosts: readonly string[]): WebhookCaller {
  const calls = new Calls(hosts);
  return {
    call: (call, signal) => makeCall(calls, call, signal),
    checkUrl: (url) => checkWebhookUrl(url, calls.policy),
    close: () => calls.close(),
  };
}

/** `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over the time, a full stop and the body. */
function signature({ secret, body, at }: WebhookCall): string {
  const time = Math.floor(at / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

async function makeCall(calls: Calls, call: WebhookCall, stop: AbortSignal): Promise<string | undefined> {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Parley',
    'parley-signature': signature(call),
    'parley-webhook-id': call.webhookId,
  };
  try {
    const { ok, status } = await calls.post({ url: call.url, headers, body: call.body }, stop);
    if (ok) return undefined;
    const followed = status >= 300 && status < 400 ? ' (redirects are not followed)' : '';
    return `it answered ${status}${followed}`;
  } catch (error) {
    return reasonOf(error);
  }
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
