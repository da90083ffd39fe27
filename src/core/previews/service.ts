import type { Channel } from '../../sdk/index.js';
import type { SendRequest } from '../messages/request.js';

/** What one person would get by one way. Times are ISO 8601 UTC. */
export type PreviewStepView = {
  step: number;
  channel: Channel;
  accountId: string;
  network: string;
  target: string;
  at: string;
  unless?: 'sent' | 'delivered' | 'read';
  why: string;
  text: string;
  subject?: string;
  html?: string;
  parts?: number;
  cost?: { amount: string; currency: string };
  links?: { name: string; expiresAt: string }[];
  losses: string[];
};

export type PreviewRecipientView = {
  contactId: string | null;
  name: string;
  /** Why nothing would go to them. */
  problem?: string;
  steps: PreviewStepView[];
};

export type PreviewView = {
  /** The route that would be taken, in words. */
  sentence: string;
  from: 'message' | 'conversation' | 'contact' | 'profile' | 'rule';
  /** The first 20. */
  recipients: PreviewRecipientView[];
  total: number;
  /** How many the first step would go to by each channel; `none`: to how many nothing would. */
  byChannel: { im: number; email: number; sms: number; none: number };
};

/**
 * Nothing is stored or sent. Words that could never go are `invalid`; what keeps it from one person is their `problem`.
 * Another user's id is `not-found`.
 */
export interface PreviewService {
  conversation(userId: string, conversationId: string, request: SendRequest): Promise<PreviewView>;
  many(userId: string, request: SendRequest & { to?: string[]; groupId?: string }): Promise<PreviewView>;
}
