import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  createSecureContext,
  rootCertificates,
  type SecureContext,
} from 'node:tls';

const minVersion = 'TLSv1.2';
const maxContexts = 100;
/** A context holds every authority and takes a megabyte: one for each trusted certificate, not for each account. */
const contexts = new Map<string, SecureContext>();

/** Our own certificate, in PEM. */
export type Pair = { cert: string; key: string };

/**
 * TLS options for a server. Certificates are always checked; `certificate` (DER, base64) is one the person chose to
 * trust besides the usual authorities, for whatever name it is presented. `own` is shown to a server that asks.
 */
export function tlsOptions(host: string, certificate: string | undefined, own?: Pair): ConnectionOptions {
  const base: ConnectionOptions = {
    secureContext: contextOf(certificate, own),
    ...(isIP(host) === 0 && { servername: host }),
  };
  if (certificate === undefined) return base;
  return {
    ...base,
    checkServerIdentity: (name, presented) =>
      presented.raw.toString('base64') === certificate ? undefined : checkServerIdentity(name, presented),
  };
}

function contextOf(certificate: string | undefined, own: Pair | undefined): SecureContext {
  const der = certificate ?? '';
  const key = `${der} ${own ? createHash('sha256').update(`${own.cert}${own.key}`).digest('hex') : ''}`;
  const known = contexts.get(key);
  if (known) return known;
  const pem = `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  const made = createSecureContext(
    certificate === undefined
      ? { minVersion, ...own }
      : { minVersion, ...own, ca: [...rootCertificates, pem], allowPartialTrustChain: true },
  );
  for (const oldest of contexts.keys()) {
    if (contexts.size < maxContexts) break;
    contexts.delete(oldest);
  }
  contexts.set(key, made);
  return made;
}
