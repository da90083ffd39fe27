import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Ranges that are somebody's own machines; whether accounts may use them is the admin's policy. */
const PRIVATE = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);
/** Ranges where no server of anybody stands: cloud metadata, multicast, documentation and the like. */
const USABLE = new Set(['unicast', ...PRIVATE]);
/** IPv4 in IPv6 as it was once written, which no server has any more. */
const COMPATIBLE = ipaddr.IPv6.parseCIDR('::/96');

export class ForbiddenAddress extends Error {
  constructor(host: string, why: string) {
    super(`${host} ${why}`);
    this.name = 'ForbiddenAddress';
  }
}

/** `except`: host names (lower case) and addresses that may be private all the same. */
export type AddressPolicy = { allowPrivate: boolean; except?: ReadonlySet<string> };

/** Public addresses, and these hosts wherever they are. */
export const publicOr = (hosts: readonly string[]): AddressPolicy => ({
  allowPrivate: false,
  except: new Set(hosts.map(plainName)),
});

/** @throws ForbiddenAddress for an IP address that the policy does not allow */
export function checkAddress(address: string, host: string, { allowPrivate, except }: AddressPolicy): void {
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  const isRetired = parsed instanceof ipaddr.IPv6 && range === 'unicast' && parsed.match(COMPATIBLE);
  if (!USABLE.has(range) || isRetired)
    throw new ForbiddenAddress(host, `leads to ${address}, where no server may be reached`);
  const listed = except !== undefined && (except.has(parsed.toString()) || except.has(plainName(host)));
  if (!allowPrivate && !listed && PRIVATE.has(range))
    throw new ForbiddenAddress(host, `leads to the private address ${address}, which is not allowed here`);
}

/** The form in which `except` holds a host: lower case without closing full stop; an address in its shortest form. */
export function plainName(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? bare.toLowerCase().replace(/\.$/, '') : ipaddr.process(bare).toString();
}

/** @throws for another scheme than http and https, and for a literal address that the policy does not allow */
export function checkUrl(url: URL, policy: AddressPolicy): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError(`${url.protocol} is not http or https`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is connected to without a lookup.
  if (isIP(host) !== 0) checkAddress(host, url.hostname, policy);
}

/**
 * Checks every address that a host name or literal leads to. A name that does not resolve passes: the connection that
 * follows says so better.
 * @throws ForbiddenAddress
 */
export async function checkHost(host: string, policy: AddressPolicy): Promise<void> {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return checkAddress(bare, host, policy);
  const found = await lookup(bare, { all: true }).catch(() => []);
  for (const { address } of found) checkAddress(address, host, policy);
}
