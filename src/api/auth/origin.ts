import type { IncomingHttpHeaders } from 'node:http';

/** Whether `origin` is ours: the configured public address, or the host the request was sent to. */
export function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string | undefined): boolean {
  if (publicUrl !== undefined && origin === publicUrl) return true;
  const parsed = URL.parse(origin);
  if (parsed === null || host === undefined || !/^https?:$/.test(parsed.protocol)) return false;
  // A default port may be written or not.
  return parsed.host === URL.parse(`${parsed.protocol}//${host}`)?.host;
}

/** Whether a browser says that our own page made this request. A program says nothing of the kind. */
export function isOwnPage(headers: IncomingHttpHeaders, publicUrl: string | undefined): boolean {
  if (headers.origin !== undefined) return isOwnOrigin(headers.origin, headers.host, publicUrl);
  return headers['sec-fetch-site'] === 'same-origin';
}

/** Whether a browser says that a foreign page made this request. */
export function isForeignPage(headers: IncomingHttpHeaders, publicUrl: string | undefined): boolean {
  if (headers.origin !== undefined) return !isOwnOrigin(headers.origin, headers.host, publicUrl);
  const site = headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}
