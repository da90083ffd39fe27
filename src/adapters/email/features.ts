import { AdapterError, type Features, limits } from '../../sdk/index.js';
import type { Settings } from './settings.js';

export type Verbs = {
  send: Features['send']['message'];
  read: NonNullable<Features['readReceipts']>['upTo'];
  history: NonNullable<Features['history']>['before'];
};

/** What a mail chat can do, given what the person has set. */
export function featuresOf(
  set: Pick<Settings, 'readState' | 'deliveryReports' | 'readReports'>,
  does: Verbs,
): Features {
  return {
    send: {
      maxLength: limits.textLength,
      formatting: 'full',
      attachments: 'full',
      replies: 'full',
      idempotent: true,
      proves: set.readReports ? 'read' : set.deliveryReports ? 'delivered' : 'sent',
      message: does.send,
    },
    ...(set.readState && { readReceipts: { upTo: does.read } }),
    presence: false,
    history: { before: does.history },
  };
}

const away = () => Promise.reject(new AdapterError('temporary', 'not connected'));

/** What every mail chat can do at first; also the manifest's capabilities. */
export const usualFeatures: Features = featuresOf(
  { readState: true, deliveryReports: false, readReports: false },
  { send: away, read: away, history: away },
);
