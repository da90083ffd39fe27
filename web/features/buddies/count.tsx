import type { Conversation } from '../../lib/api/types';
import { formatCount } from '../../lib/format';
import { t } from '../../lib/i18n';

const most = 999;

/** How much of a conversation is unread; quiet where it is muted. */
export function Count({ conversation }: { conversation: Conversation | undefined }) {
  const unread = conversation?.unread ?? 0;
  if (!conversation || unread === 0) return null;
  return (
    <span className={isMuted(conversation) ? 'count count-quiet' : 'count'}>
      <span aria-hidden="true">{unread > most ? `${formatCount(most)}+` : formatCount(unread)}</span>
      <span className="visually-hidden">{t('buddies.unread', { count: unread })}</span>
    </span>
  );
}

export const isMuted = ({ mutedUntil }: Conversation): boolean =>
  mutedUntil !== null && Date.parse(mutedUntil) > Date.now();
