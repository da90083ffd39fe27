import type { Conditions, RoutePolicy, RouteStep } from '../../lib/api/types';
import { channelName } from '../compose/ways';
import { spelled, waitMinutes } from './times';

export type Proof = NonNullable<RouteStep['unless']>;

/**
 * The policy as the server words it: "IM, and if not delivered in 5 minutes SMS, and email in any case". Worded here once
 * more, as it changes with each choice and the web client bundles nothing of the server; a browser test compares the two.
 */
export function sentenceOf({ steps }: RoutePolicy): string {
  const text = steps.map((step, index) => `${index === 0 ? '' : ', and '}${clause(step, index)}`).join('');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function channelWords({ channels, pick }: Pick<RouteStep, 'channels' | 'pick'>): string {
  return listed(
    channels.map((channel) => channelName[channel]),
    pick === 'first' ? 'or else' : 'and',
  );
}

function clause(step: RouteStep, index: number): string {
  const words = `${channelWords(step)}${onlyWords(step.only)}`;
  const time = spelled(waitMinutes(step));
  if (step.unless !== undefined) return `if not ${step.unless} in ${time} ${words}`;
  const later = step.within === undefined ? '' : ` ${time} later`;
  return index === 0 ? `${words}${later}` : `${words} in any case${later}`;
}

/** Of one step, with a space before; nothing where it has none. */
export function onlyWords(only: Conditions | undefined): string {
  if (!only) return '';
  const { online, urgency, maxLength, attachments, maxCost, quiet } = only;
  const words = [
    online && 'if they are online',
    urgency === 'urgent' && 'if it is urgent',
    urgency === 'normal' && 'if it is not of low urgency',
    maxLength !== undefined && `up to ${maxLength} characters`,
    attachments === true && 'with files',
    attachments === false && 'without files',
    maxCost && `for at most ${maxCost.amount} ${maxCost.currency}`,
    quiet &&
      `outside ${quiet.from} to ${quiet.to} in ${quiet.zone}${quiet.otherwise === 'wait' ? ', else when they end' : ''}`,
  ].filter((word) => typeof word === 'string');
  return words.length === 0 ? '' : ` (only ${listed(words, 'and')})`;
}

export function listed(words: readonly string[], last: string): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
