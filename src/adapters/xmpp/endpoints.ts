import { promises as dns, type SrvRecord } from 'node:dns';
import type { Settings } from './settings.js';

/** Where to connect, and whether TLS comes first. */
export type Endpoint = { host: string; port: number; tls: Settings['tls'] };

const most = 6;
const patienceMs = 5_000;

/** The server a person named, or those the domain names by DNS (RFC 6120, XEP-0368), or the domain itself. */
export async function endpoints(
  settings: Settings,
  domain: string,
  signal: AbortSignal,
  lookup = srv,
): Promise<Endpoint[]> {
  const { host, tls } = settings;
  const usual = tls === 'on' ? 5223 : 5222;
  if (host !== undefined) return [{ host, port: settings.port ?? usual, tls }];
  if (settings.port !== undefined) return [{ host: domain, port: settings.port, tls }];
  const service = tls === 'on' ? '_xmpps-client._tcp' : '_xmpp-client._tcp';
  const found = await lookup(`${service}.${domain}`, signal);
  const named = found
    .filter(({ name, port }) => name !== '' && name !== '.' && port > 0)
    .sort((a, b) => a.priority - b.priority || b.weight - a.weight)
    .slice(0, most)
    .map(({ name, port }) => ({ host: name, port, tls }));
  return named.length > 0 ? named : [{ host: domain, port: usual, tls }];
}

/** No answer, or none in time, is as good as no such record: the domain itself is tried. */
async function srv(name: string, signal: AbortSignal): Promise<SrvRecord[]> {
  const resolver = new dns.Resolver({ timeout: patienceMs / 2, tries: 2 });
  const giveUp = () => resolver.cancel();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await resolver.resolveSrv(name);
  } catch {
    return [];
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
