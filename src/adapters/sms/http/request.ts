import type { HttpSession } from '../session.js';
import { split } from '../text.js';

/** What one message fills into the gateway's parameters. */
export type Slots = { from: string; to: string; text: string; key: string; dlrUrl: string | undefined };

/**
 * Kannel's sendsms parameters (user guide, "SMS push"). Without `coding` it takes GSM where the text allows it no more
 * than it must, so both are said; `dlr-mask` 31 asks for every kind of report. Kannel splits long texts itself.
 */
const kannel =
  'username={username}&password={password}&from={from}&to={to}&text={text}&charset=UTF-8&coding={coding}&dlr-mask=31&dlr-url={dlrUrl}';

/** Whether a request says who we are, so that its refusal is about the sign-in. */
export function authenticates(session: HttpSession): boolean {
  return session.username !== '' || session.password !== '';
}

function headersOf(session: HttpSession): Record<string, string> {
  if (session.auth === 'bearer') return { authorization: `Bearer ${session.password}` };
  if (session.auth !== 'basic') return {};
  return { authorization: `Basic ${Buffer.from(`${session.username}:${session.password}`).toString('base64')}` };
}

export function parametersOf(session: HttpSession, slots: Slots): [string, string][] {
  const values: Record<string, string> = {
    username: session.username,
    password: session.password,
    from: slots.from,
    to: slots.to,
    toDigits: slots.to.replace(/^\+/, ''),
    text: slots.text,
    coding: split(slots.text).encoding === 'ucs2' ? '2' : '0',
    dlrUrl: slots.dlrUrl ?? '',
    key: slots.key,
  };
  const pairs: [string, string][] = [];
  for (const [name, template] of new URLSearchParams(session.parameters || kannel)) {
    const hidden =
      (slots.dlrUrl === undefined && (template.includes('{dlrUrl}') || name === 'dlr-mask')) ||
      (session.auth !== 'parameters' && /\{(username|password)\}/.test(template));
    if (!hidden) pairs.push([name, template.replace(/\{(\w+)\}/g, (_whole, slot: string) => values[slot] ?? '')]);
  }
  return pairs;
}

export type HttpRequest = { url: string; init: RequestInit };

export function sendRequest(session: HttpSession, slots: Slots): HttpRequest {
  const pairs = parametersOf(session, slots);
  const headers = headersOf(session);
  const url = new URL(session.url);
  switch (session.method) {
    case 'get':
      for (const [name, value] of pairs) url.searchParams.append(name, value);
      return { url: url.href, init: { method: 'GET', headers, redirect: 'manual' } };
    case 'form':
      return { url: url.href, init: { method: 'POST', headers, body: new URLSearchParams(pairs), redirect: 'manual' } };
    case 'json':
      return {
        url: url.href,
        init: {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(Object.fromEntries(pairs)),
          redirect: 'manual',
        },
      };
  }
}

/**
 * Asks whether anyone answers, without receiver or text, so that nothing can be sent by it. For Kannel it carries the
 * sign-in, as a refusal of that is worth knowing early.
 */
export function probeRequest(session: HttpSession): HttpRequest {
  const url = new URL(session.url);
  if (
    session.parameters === '' &&
    session.auth === 'parameters' &&
    session.method === 'get' &&
    authenticates(session)
  ) {
    url.searchParams.set('username', session.username);
    url.searchParams.set('password', session.password);
  }
  return { url: url.href, init: { method: 'HEAD', headers: headersOf(session), redirect: 'manual' } };
}
