import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import { DomainError } from '../errors.js';
import type { AddressView } from '../views.js';

const email = z.email().max(254);

/** Mail addresses in lower case, phone numbers in E.164. @throws DomainError naming the address that is neither */
export function normalAddress(address: AddressView, field: string): AddressView {
  const value = address.value.trim();
  if (address.kind === 'email') {
    if (email.safeParse(value).success) return { kind: 'email', value: value.toLowerCase() };
    throw bad(field, `"${value}" is not a mail address`);
  }
  const number = parsePhoneNumberFromString(value);
  if (number?.isPossible() && value.startsWith('+')) return { kind: 'phone', value: number.number };
  throw bad(field, `"${value}" is not a phone number with its country code, like +4915112345678`);
}

const bad = (field: string, message: string) =>
  new DomainError('invalid', 'invalid-address', `${message}.`, { fields: { [field]: message } });
