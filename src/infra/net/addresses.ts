import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Ranges that are somebody's own machines; whether accounts may use them is the admin's policy. */
const PRIVATE = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);
/** Ranges where no server of anybody stands: cloud metadata, multicast, documentation and the like. */
const USABLE = new Set(['unicast', ...PRIVATE]);

export class ForbiddenAddress extends Error {
  constructor(host: string, why: string) {
    super(`${host} ${why}`);
    this.name = 'ForbiddenAddress';
  }
}

export type AddressPolicy = { allowPrivate: boolean };

/** @throws ForbiddenAddress for an IP address that the policy does not allow */
export function checkAddress(address: string, host: string, { allowPrivate }: AddressPolicy): void {
  const range = ipaddr.process(address).range();
  if (!USABLE.has(range)) throw new ForbiddenAddress(host, `leads to ${address}, where no server may be reached`);
  if (!allowPrivate && PRIVATE.has(range))
    throw new ForbiddenAddress(host, `leads to the private address ${address}, which is not allowed here`);
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
