import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, rootCertificates } from 'node:tls';

/**
 * TLS options for a mail server. Certificates are always checked; `certificate` (DER, base64) is one the person chose to
 * trust besides the usual authorities, for whatever name it is presented.
 */
export function tlsOptions(host: string, certificate: string | undefined): ConnectionOptions {
  const base: ConnectionOptions = { minVersion: 'TLSv1.2', ...(isIP(host) === 0 && { servername: host }) };
  if (!certificate) return base;
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  return {
    ...base,
    ca: [...rootCertificates, pem],
    allowPartialTrustChain: true,
    checkServerIdentity: (name, presented) =>
      presented.raw.toString('base64') === certificate ? undefined : checkServerIdentity(name, presented),
  };
}
