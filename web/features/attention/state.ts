import type { Conversation, NotifyLevel } from '../../lib/api/types';
import { settings } from '../../lib/settings';

const isAhead = (iso: string | null | undefined): boolean => iso != null && Date.parse(iso) > Date.now();

export const isMuted = ({ mutedUntil }: Conversation): boolean => isAhead(mutedUntil);
export const isSnoozed = ({ snoozedUntil }: Conversation): boolean => isAhead(snoozedUntil);

/** Where the user set nothing. */
export const usualLevels = { direct: 'all', group: 'all', channel: 'mentions' } as const;
export const usualLevel = (kind: Conversation['kind']): NotifyLevel => settings().notify?.[kind] ?? usualLevels[kind];

/** Nothing of it is told. */
export const isSilent = (conversation: Conversation): boolean =>
  isMuted(conversation) || conversation.notify === 'none';

/** How much stands on the program's badge and in the window's title for it. */
export const badgeOf = (conversation: Conversation): number =>
  conversation.archived || conversation.request !== 'none' || isMuted(conversation) || isSnoozed(conversation)
    ? 0
    : Math.max(conversation.unread, conversation.markedUnread ? 1 : 0);
