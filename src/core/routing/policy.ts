import type { Channel } from '../../sdk/index.js';

/**
 * How a message finds its people, as data: "IM, and if not delivered in 5 minutes SMS, and email in any case" is
 * `{steps: [{channels: ['im']}, {channels: ['sms'], unless: 'delivered', within: 'PT5M'}, {channels: ['email']}]}`.
 */
export type RoutePolicy = { steps: RouteStep[] };

export type RouteStep = {
  /** Ways of these channels, at the same time (`all`) or the first of them that can take it (`first`). */
  channels: Channel[];
  pick?: 'all' | 'first';
  /**
   * The step is left out once one before it has proven this. Absent on a later step: it goes in any case. The first step
   * has none.
   */
  unless?: Proof;
  /** How long the steps before have for their proof, or how much later a step that goes in any case does. ISO 8601 duration, at most P7D. */
  within?: string;
  only?: Conditions;
};

export type Proof = 'sent' | 'delivered' | 'read';
export type Urgency = 'low' | 'normal' | 'urgent';

/** All of them must hold, else the step is passed over. Opting out is no condition: it always holds. */
export type Conditions = {
  /** The person is to be seen as available there when the step comes up. */
  online?: true;
  /** The message is at least this urgent. */
  urgency?: 'normal' | 'urgent';
  /** Text in UTF-16 code units. */
  maxLength?: number;
  /** True: only with files; false: only without. */
  attachments?: boolean;
  /** What it is expected to cost, all parts together; `amount` is a decimal number, `currency` an ISO 4217 code. */
  maxCost?: { amount: string; currency: string };
  /** Not between these times of the day there (an IANA time zone); an urgent message goes all the same. */
  quiet?: { from: string; to: string; zone: string; otherwise: 'wait' | 'skip' };
};

/** The short form of the first API: one of each channel. */
export type ShortRoute = {
  mode: 'first' | 'all' | 'fallback';
  channels: Channel[];
  unless?: 'delivered' | 'read';
  within?: string;
};

/** What a message may ask for: the short form, a policy written out, or the id of a saved one. */
export type RouteRequest = ShortRoute | RoutePolicy | { id: string };
