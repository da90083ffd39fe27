import type { Conversation } from '../../lib/api/types';
import { count } from '../../lib/format';
import { t } from '../../lib/i18n';
import { isSilent } from '../attention/state';

const most = 999;

/** How much of a conversation is unread, and whether the user is named in it; quiet where it is muted. */
export function Count({ conversation }: { conversation: Conversation | undefined }) {
  if (!conversation) return null;
  const { unread, mentions, markedUnread } = conversation;
  const kind = isSilent(conversation) ? 'count count-quiet' : 'count';
  return (
    <>
      {mentions > 0 && (
        <span className="count count-mention">
          <span aria-hidden="true">@</span>
          <span className="visually-hidden">{t('buddies.mentions', { count: mentions })}</span>
        </span>
      )}
      {unread > 0 && (
        <span className={kind}>
          <span aria-hidden="true">{unread > most ? `${count(most)}+` : count(unread)}</span>
          <span className="visually-hidden">{t('buddies.unread', { count: unread })}</span>
        </span>
      )}
      {unread === 0 && markedUnread && (
        <span className={`${kind} count-marked`}>
          <span className="visually-hidden">{t('buddies.marked-unread')}</span>
        </span>
      )}
    </>
  );
}

/** There is something to look at, by what came or by the user's own mark. */
export const isUnread = ({ unread, markedUnread }: Conversation): boolean => unread > 0 || markedUnread;
