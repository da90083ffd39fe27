import type { Conditions, RoutePolicy, RouteStep } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { channelName } from '../compose/ways';
import { spelled, waitMinutes } from './times';

export type Proof = NonNullable<RouteStep['unless']>;
type Last = 'and' | 'or' | 'or-else';

/**
 * The policy in the user's language: "IM, and if not delivered in 5 minutes SMS, and email in any case". In English it is
 * as the server words it; a browser test compares the two.
 */
export function sentenceOf({ steps }: RoutePolicy): string {
  const text = steps
    .map(clause)
    .reduce((before, next) => (before === '' ? next : t('route-words.then', { before, next })), '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function channelWords({ channels, pick }: Pick<RouteStep, 'channels' | 'pick'>): string {
  return listed(
    channels.map((channel) => channelName[channel]),
    pick === 'first' ? 'or-else' : 'and',
  );
}

function clause(step: RouteStep, index: number): string {
  const only = onlyWords(step.only);
  const channels = only === '' ? channelWords(step) : `${channelWords(step)} ${only}`;
  const time = spelled(waitMinutes(step));
  if (step.unless !== undefined) {
    return t('route-words.clause-fallback', { proof: t(`route-words.proof-${step.unless}`), time, channels });
  }
  const later = step.within !== undefined;
  if (index === 0) return later ? t('route-words.clause-later', { channels, time }) : channels;
  return later
    ? t('route-words.clause-always-later', { channels, time })
    : t('route-words.clause-always', { channels });
}

/** Of one step; nothing where it has none. */
export function onlyWords(only: Conditions | undefined): string {
  if (!only) return '';
  const { online, urgency, maxLength, attachments, maxCost, quiet } = only;
  const words = [
    online && t('route-words.if-online'),
    urgency === 'urgent' && t('route-words.if-urgent'),
    urgency === 'normal' && t('route-words.if-normal'),
    maxLength !== undefined && t('route-words.up-to', { count: maxLength }),
    attachments === true && t('route-words.with-files'),
    attachments === false && t('route-words.without-files'),
    maxCost && t('route-words.for-at-most', maxCost),
    quiet && t(quiet.otherwise === 'wait' ? 'route-words.outside-quiet-wait' : 'route-words.outside-quiet', quiet),
  ].filter((word) => typeof word === 'string');
  return words.length === 0 ? '' : t('route-words.only', { conditions: listed(words, 'and') });
}

export function listed([first = '', ...others]: readonly string[], how: Last): string {
  const last = others.pop();
  if (last === undefined) return first;
  const before = others.reduce((text, next) => t('route-words.comma', { before: text, next }), first);
  return t(`route-words.${how}`, { before, last });
}
