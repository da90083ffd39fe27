import type { IncomingHttpHeaders } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';

export const COOKIE = 'parley_session';

export type Credential = { by: 'bearer' | 'cookie'; value: string };

/** What a request shows of itself. An Authorization header goes before a cookie. */
export function credentialOf(headers: IncomingHttpHeaders): Credential | undefined {
  if (headers.authorization !== undefined) {
    const value = /^bearer +(\S+)$/i.exec(headers.authorization)?.[1];
    return { by: 'bearer', value: value ?? '' };
  }
  if (headers.cookie === undefined) return undefined;
  const value = fastifyCookie.parse(headers.cookie)[COOKIE];
  return value === undefined || value === '' ? undefined : { by: 'cookie', value };
}
