import { type NumberType, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** Numbers that are known not to be phones with a screen. Where a plan does not tell, a number is given the benefit. */
const mute = new Map<NumberType, string>([
  ['FIXED_LINE', 'a landline'],
  ['PREMIUM_RATE', 'a premium-rate number'],
  ['TOLL_FREE', 'a toll-free number'],
  ['SHARED_COST', 'a shared-cost number'],
  ['UAN', 'a company number'],
  ['PAGER', 'a pager'],
  ['VOICEMAIL', 'a mailbox'],
]);

/** Why this E.164 number cannot get an SMS, or undefined where it may. North American toll-free numbers often can. */
export function cannotRead(number: string): string | undefined {
  const parsed = parsePhoneNumberFromString(number);
  const kind = parsed?.countryCallingCode === '1' ? undefined : mute.get(parsed?.getType());
  return kind === undefined ? undefined : `${parsed?.formatInternational() ?? number} is ${kind}: it gets no SMS`;
}

/** A number as people write it, in groups. */
export function formatted(number: string): string {
  return parsePhoneNumberFromString(number)?.formatInternational() ?? number;
}
