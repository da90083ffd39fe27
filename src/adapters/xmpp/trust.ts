import type { ConnectionOptions } from 'node:tls';
import { tlsOptions, trust } from '../../sdk/index.js';

/** TLS options for a JID's domain: the certificate must be for the domain, whatever the server is called. */
export function tlsOptionsFor(domain: string, certificate: string | undefined): ConnectionOptions {
  const { checkServerIdentity } = trust(certificate);
  return {
    ...tlsOptions(domain, certificate),
    checkServerIdentity: (_name, presented) => checkServerIdentity(domain, presented),
  };
}
