import type { Channel } from '../../sdk/index.js';
import { spelled, waitMs } from './duration.js';
import type { Conditions, RoutePolicy, RouteStep } from './policy.js';

export const CHANNEL_NAMES: Record<Channel, string> = { im: 'IM', email: 'email', sms: 'SMS' };

/** The policy as a sentence: "IM, and if not delivered in 5 minutes SMS, and email in any case". */
export function describe({ steps }: RoutePolicy): string {
  return capital(steps.map((step, index) => `${index === 0 ? '' : ', and '}${clause(step, index)}`).join(''));
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function channelWords({ channels, pick }: Pick<RouteStep, 'channels' | 'pick'>): string {
  return listed(
    channels.map((channel) => CHANNEL_NAMES[channel]),
    pick === 'first' ? 'or else' : 'and',
  );
}

function clause(step: RouteStep, index: number): string {
  const words = `${channelWords(step)}${onlyWords(step.only)}`;
  if (step.unless !== undefined) return `if not ${step.unless} in ${spelled(waitMs(step))} ${words}`;
  const later = step.within === undefined ? '' : ` ${spelled(waitMs(step))} later`;
  return index === 0 ? `${words}${later}` : `${words} in any case${later}`;
}

function onlyWords(only: Conditions | undefined): string {
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
