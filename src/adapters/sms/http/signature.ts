import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest } from '../../../sdk/index.js';

const headers = ['x-signature', 'x-signature-256', 'x-hub-signature-256', 'x-webhook-signature'];

/** Whether a call carries the HMAC-SHA256 of its body under this secret, in hexadecimal or base64. */
export function isSigned(request: WebhookRequest, secret: string): boolean {
  const given = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const right = createHmac('sha256', secret).update(request.body).digest();
  return headers.some((name) => {
    const said = (given.get(name) ?? '').trim().replace(/^sha256=/i, '');
    const bytes = Buffer.from(said, /^[0-9a-f]{64}$/i.test(said) ? 'hex' : 'base64');
    return bytes.length === right.length && timingSafeEqual(bytes, right);
  });
}
