import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  createSecureContext,
  type PeerCertificate,
  rootCertificates,
  type SecureContext,
} from 'node:tls';

const minVersion = 'TLSv1.2';
const maxContexts = 100;
/** A context holds every authority and takes a megabyte: one for each trusted certificate, not for each connection. */
const contexts = new Map<string, SecureContext>();

/** Our own certificate, in PEM. */
export type KeyPair = { cert: string; key: string };
export type Trust = {
  secureContext: SecureContext;
  checkServerIdentity(name: string, presented: PeerCertificate): Error | undefined;
};

/**
 * How a server proves who it is. Certificates are always checked; `certificate` (DER, base64) is one the person chose to
 * trust besides the usual authorities, for whatever name it is presented. `own` is shown to a server that asks.
 */
export function trust(certificate: string | undefined, own?: KeyPair): Trust {
  return {
    secureContext: contextOf(certificate, own),
    checkServerIdentity: (name, presented) =>
      certificate !== undefined && presented.raw.toString('base64') === certificate
        ? undefined
        : checkServerIdentity(name, presented),
  };
}

/** `trust` as options for a TLS connection to this host. */
export function tlsOptions(host: string, certificate: string | undefined, own?: KeyPair): ConnectionOptions {
  return { ...trust(certificate, own), ...(isIP(host) === 0 && { servername: host }) };
}

/** Accepts PEM with its line breaks lost (a one-line text field) and answers the DER as base64; undefined for no certificate. */
export function readCertificate(typed: string): string | undefined {
  const der = typed.replace(/-----(BEGIN|END) CERTIFICATE-----/g, '').replace(/\s+/g, '');
  try {
    return new X509Certificate(Buffer.from(der, 'base64')).raw.toString('base64');
  } catch {
    return undefined;
  }
}

/** PEM (RFC 7468) of DER in base64. */
export const pemOf = (label: string, der: string): string =>
  `-----BEGIN ${label}-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

function contextOf(certificate: string | undefined, own: KeyPair | undefined): SecureContext {
  const key = `${certificate ?? ''} ${own ? createHash('sha256').update(`${own.cert}${own.key}`).digest('hex') : ''}`;
  const known = contexts.get(key);
  if (known) return known;
  const made = createSecureContext(
    certificate === undefined
      ? { minVersion, ...own }
      : {
          ...{ minVersion, ...own, allowPartialTrustChain: true },
          ca: [...rootCertificates, pemOf('CERTIFICATE', certificate)],
        },
  );
  for (const oldest of contexts.keys()) {
    if (contexts.size < maxContexts) break;
    contexts.delete(oldest);
  }
  contexts.set(key, made);
  return made;
}
