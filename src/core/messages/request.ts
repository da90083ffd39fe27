import type { Button, Channel } from '../../sdk/index.js';
import type { RouteRequest, Urgency } from '../routing/policy.js';

/** A message as it is asked for. */
export type SendRequest = {
  text: string;
  format: 'plain' | 'markdown';
  replyTo?: string;
  /** It belongs to the thread of the message it answers, which that begins where it is in none. */
  inThread?: boolean;
  attachments: string[];
  buttons?: Button[][];
  via?: string;
  route?: RouteRequest;
  subject?: string;
  sendAt?: string;
  urgency?: Urgency;
  /** ISO 8601 durations. */
  expiresIn?: string;
  undo?: string;
  variants?: Variants;
  shortenLinks?: boolean;
  /** There is at most one message of the user with it: a repeat, also over a crash, answers that one. */
  onceKey?: string | undefined;
};

/** Other words for one channel; what is absent is as in the message. */
export type Variants = { [C in Channel]?: { text: string; subject?: string } };
