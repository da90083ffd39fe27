import {
  AdapterError,
  type Capabilities,
  capabilitiesOf,
  type Features,
  type OutgoingMessage,
  type Sent,
} from '../../sdk/index.js';

/**
 * What an SMS can do. `maxLength` is in UTF-16 code units: ten segments of GSM text (10 × 153); text that needs UCS-2
 * takes up to 23 segments at that length. Attachments are refused; a formatted or quoted text goes out plain.
 */
export function smsFeatures(
  proves: 'sent' | 'delivered',
  message: (message: OutgoingMessage) => Promise<Sent>,
  perSecond?: number,
): Features {
  return {
    send: {
      maxLength: 1530,
      formatting: 'dropped',
      attachments: 'rejected',
      replies: 'dropped',
      idempotent: false,
      proves,
      ...(perSecond === undefined ? {} : { pace: { account: rateOf(perSecond) } }),
      message,
    },
    presence: false,
  };
}

const rateOf = (perSecond: number) => ({ burst: Math.max(1, Math.floor(perSecond)), perMs: 1_000 / perSecond });

/** Of a usual chat, before there is an account. */
export const smsCapabilities: Capabilities = capabilitiesOf(
  smsFeatures('delivered', () => Promise.reject(new AdapterError('temporary', 'not connected'))),
);
