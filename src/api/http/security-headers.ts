import { createHash } from 'node:crypto';
import type { FastifyHelmetOptions } from '@fastify/helmet';

type Sources = { scripts?: readonly string[]; styles?: readonly string[] };

/** Our Content-Security-Policy: nothing from elsewhere, inline scripts only by their hash. */
export function contentSecurityPolicy({ scripts = [], styles = [] }: Sources = {}): string {
  return [
    "default-src 'self'",
    ["script-src 'self'", ...scripts].join(' '),
    ["style-src 'self'", ...styles].join(' '),
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export const cspHash = (inline: string): string => `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;

/** The policy is a plain header of our own, for it differs by page; the rest is helmet's. */
export const helmetOptions: FastifyHelmetOptions = {
  contentSecurityPolicy: false,
  frameguard: { action: 'deny' },
  referrerPolicy: { policy: 'no-referrer' },
  // A self-hoster's plain-HTTP name must not be locked to HTTPS by a header; the proxy that ends TLS says it.
  strictTransportSecurity: false,
};
