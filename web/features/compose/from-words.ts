import type { Preview } from '../../lib/api/types';
import { type PlainText, t } from '../../lib/i18n';

const words: Record<Preview['from'], PlainText> = {
  message: 'compose.from-message',
  conversation: 'compose.from-conversation',
  contact: 'compose.from-contact',
  profile: 'compose.from-profile',
  rule: 'compose.from-rule',
};

/** Where a route comes from. */
export const fromWords = (from: Preview['from']): string => t(words[from]);
