import { X509Certificate } from 'node:crypto';
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

/**
 * TLS options for a JID's domain: the certificate must be for the domain, whatever the server is called. `certificate`
 * (DER, base64) is one the person chose to trust besides the usual authorities, for whatever name it is presented.
 */
export function tlsOptions(domain: string, certificate: string | undefined): ConnectionOptions {
  return {
    secureContext: contextOf(certificate),
    ...(isIP(domain) === 0 && { servername: domain }),
    checkServerIdentity: (_name, presented) =>
      certificate !== undefined && presented.raw.toString('base64') === certificate
        ? undefined
        : checkServerIdentity(domain, presented),
  };
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

function contextOf(certificate: string | undefined): SecureContext {
  const key = certificate ?? '';
  const known = contexts.get(key);
  if (known) return known;
  const pem = `-----BEGIN CERTIFICATE-----\n${key.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  const made = createSecureContext(
    certificate === undefined
      ? { minVersion }
      : { minVersion, ca: [...rootCertificates, pem], allowPartialTrustChain: true },
  );
  for (const oldest of contexts.keys()) {
    if (contexts.size < maxContexts) break;
    contexts.delete(oldest);
  }
  contexts.set(key, made);
  return made;
}
