import dns from 'node:dns';
import { Agent, type Dispatcher, fetch as undiciFetch } from 'undici';
import { type AddressPolicy, checkAddress, checkUrl } from './addresses.js';

const LIMIT_MS = 30_000;
const MOST_REDIRECTS = 5;
const MOST_BYTES = 50 * 1024 * 1024;

export type GuardedFetch = (url: string, init: RequestInit | undefined, signal: AbortSignal) => Promise<Response>;

/**
 * `fetch` for addresses that somebody else wrote: http and https only, each address checked at the moment of
 * connecting (a name that is rebound meanwhile is caught), each redirect anew, 30 s and 50 MiB at most. Where redirects
 * are never followed, they are the answer.
 */
export function createGuardedFetch(
  policy: AddressPolicy,
  { redirects = 'follow' }: { redirects?: 'follow' | 'never' } = {},
): { fetch: GuardedFetch; close(): Promise<void> } {
  const mostRedirects = redirects === 'follow' ? MOST_REDIRECTS : 0;
  const agent = new Agent({
    connect: { lookup: checkedLookup(policy), timeout: 10_000 },
    headersTimeout: LIMIT_MS,
    bodyTimeout: LIMIT_MS,
    maxResponseSize: MOST_BYTES,
  });
  return {
    fetch: (url, init, signal) => follow(url, init, signal, policy, agent, mostRedirects),
    close: () => agent.close(),
  };
}

async function follow(
  start: string,
  init: RequestInit = {},
  stop: AbortSignal,
  policy: AddressPolicy,
  dispatcher: Dispatcher,
  mostRedirects: number,
): Promise<Response> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(LIMIT_MS), ...(init.signal ? [init.signal] : [])]);
  let url = new URL(start);
  let request: RequestInit = init;
  for (let hops = 0; ; hops += 1) {
    checkUrl(url, policy);
    // The two declarations of RequestInit and Response (the platform's and undici's) describe the same objects.
    const options = { ...request, signal, redirect: 'manual', dispatcher } as Parameters<typeof undiciFetch>[1];
    const response = (await undiciFetch(url, options)) as unknown as Response;
    const target = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    if (target === null || mostRedirects === 0) return response;
    await response.body?.cancel();
    if (hops === mostRedirects) throw new TypeError(`${start} redirects too often`);
    const next = new URL(target, url);
    request = redirected(request, response.status, next.origin === url.origin);
    url = next;
  }
}

/** As the Fetch standard has it: 303 always, 301 and 302 after POST, become GET; credentials stay with their origin. */
function redirected(request: RequestInit, status: number, sameOrigin: boolean): RequestInit {
  const headers = new Headers(request.headers);
  if (!sameOrigin) for (const name of ['authorization', 'cookie', 'proxy-authorization']) headers.delete(name);
  const method = (request.method ?? 'GET').toUpperCase();
  if (status !== 303 && !(method === 'POST' && status < 303)) return { ...request, headers };
  for (const name of ['content-type', 'content-length', 'content-encoding']) headers.delete(name);
  return { ...request, headers, method: method === 'HEAD' ? 'HEAD' : 'GET', body: undefined };
}

function checkedLookup(policy: AddressPolicy) {
  return (host: string, options: dns.LookupOptions, done: LookupDone): void => {
    dns.lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, []);
      try {
        for (const { address } of found) checkAddress(address, host, policy);
      } catch (cause) {
        return done(cause instanceof Error ? cause : new Error(String(cause)), []);
      }
      if (options.all) done(null, found);
      else done(null, found[0]!.address, found[0]!.family);
    });
  };
}

type LookupDone = (error: NodeJS.ErrnoException | null, address: string | dns.LookupAddress[], family?: number) => void;
