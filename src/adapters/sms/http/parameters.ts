import { z } from 'zod';
import type { WebhookRequest } from '../../../sdk/index.js';

export class MalformedBody extends Error {}

const jsonBody = z.record(z.string(), z.unknown());
const parametersLimit = 100;

/** The parameters of a webhook call by lower-case name: query, then body; nested and empty values are passed over. */
export function readParameters(request: WebhookRequest): Map<string, string> {
  const values = new Map<string, string>();
  const add = (name: string, value: unknown) => {
    if (values.size >= parametersLimit) return;
    if (typeof value === 'string' || typeof value === 'number') values.set(name.toLowerCase(), String(value));
  };
  for (const [name, value] of Object.entries(request.query)) add(name, value);
  if (request.method === 'POST' && request.body.length > 0) readBody(request, add);
  values.delete('token');
  return values;
}

function readBody(request: WebhookRequest, add: (name: string, value: unknown) => void): void {
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const [type = '', ...attributes] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = /charset="?([\w-]+)/.exec(attributes.join(';'))?.[1];
  const text = decode(request.body, charset ?? 'utf-8');
  if (headers.has('x-kannel-from')) {
    for (const [name, value] of headers) if (name.startsWith('x-kannel-')) add(name.slice('x-kannel-'.length), value);
    const kannelCharset = headers.get('x-kannel-charset');
    add('text', decode(request.body, charset ?? kannelCharset ?? 'utf-8'));
    return;
  }
  if (type.trim() === 'application/json' || type.trim().endsWith('+json')) {
    for (const [name, value] of Object.entries(parseJson(text))) add(name, value);
    return;
  }
  if (type.trim() === 'application/x-www-form-urlencoded' || type.trim() === '') {
    for (const [name, value] of new URLSearchParams(text)) add(name, value);
    return;
  }
  throw new MalformedBody('send form fields or JSON');
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return jsonBody.parse(JSON.parse(text));
  } catch {
    throw new MalformedBody('the body is not a JSON object');
  }
}

function decode(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    throw new MalformedBody(`the charset ${charset.slice(0, 40)} is not known`);
  }
}
