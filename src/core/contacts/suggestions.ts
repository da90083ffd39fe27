import type { ContactView } from '../views.js';

export type Suggestion = { contactIds: [string, string]; reason: string };

const MAX = 50;

/** Pairs that share an address, a name, or whose nick is the other's mail name. Most certain first. */
export function suggest(contacts: readonly ContactView[]): Suggestion[] {
  const found = new Map<string, Suggestion>();
  for (const { key, reason } of rules) {
    const groups = new Map<string, string[]>();
    for (const contact of contacts) {
      for (const value of new Set(key(contact))) {
        if (value.length < 3) continue;
        groups.set(value, [...(groups.get(value) ?? []), contact.id]);
      }
    }
    for (const [value, ids] of groups) addPairs(found, ids, `${reason} "${value}"`);
  }
  return [...found.values()].slice(0, MAX);
}

const rules: { key: (contact: ContactView) => string[]; reason: string }[] = [
  { key: allAddresses, reason: 'Both have the address' },
  { key: (contact) => [plain(contact.name)], reason: 'Both are called' },
  { key: handles, reason: 'Both go by' },
];

function allAddresses(contact: ContactView): string[] {
  return [
    ...contact.addresses.map(({ value }) => value.toLowerCase()),
    ...contact.buddies.map((buddy) => buddy.address.toLowerCase()),
  ].filter((address) => address.includes('@') || address.startsWith('+'));
}

function handles(contact: ContactView): string[] {
  const addresses = [...contact.buddies.map((buddy) => buddy.address), ...contact.addresses.map(({ value }) => value)];
  return [...addresses.map((address) => plain(address.split('@')[0]!)), plain(contact.name)];
}

const plain = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');

function addPairs(found: Map<string, Suggestion>, ids: string[], reason: string): void {
  for (const [index, a] of ids.entries()) {
    for (const b of ids.slice(index + 1, index + 10)) {
      const pair: [string, string] = a < b ? [a, b] : [b, a];
      if (a !== b && !found.has(pair.join()) && found.size < MAX) found.set(pair.join(), { contactIds: pair, reason });
    }
  }
}
