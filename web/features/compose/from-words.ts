import type { Preview } from '../../lib/api/types';

/** Where a route comes from. */
export const fromWords: Record<Preview['from'], string> = {
  message: 'As you chose for this message.',
  conversation: 'As you set for this conversation.',
  contact: 'As you set for this person.',
  profile: 'Your default route.',
  rule: 'No route is set.',
};
