'use client';
import { call } from '../../lib/api/client';
import type { Conversation, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { takeConversation } from '../../lib/sync/apply';
import { useTimeline } from '../../lib/sync/hooks';
import { networkName } from '../../ui/network-glyph';
import { useAction } from '../../ui/use-action';
import { openChat } from '../buddies/open-chat';

/** Stands in the composer's place until the person has decided. */
export function RequestBar({ conversation }: { conversation: Conversation }) {
  const { items } = useTimeline(conversation.id);
  const last = items.findLast((one) => one.direction === 'in');
  const action = useAction();
  const answer = (name: 'acceptConversation' | 'declineConversation') =>
    action.run(async () => {
      const value = await call(name, { params: { id: conversation.id } });
      takeConversation(value);
    });
  const declined = conversation.request === 'declined';
  const joins = conversation.kind !== 'direct';
  return (
    <section className="request" aria-label={joins ? t('chat.invitation') : t('chat.request')}>
      <div className="request-text">
        <p>{declined ? t('chat.declined') : asked(conversation, last)}</p>
        {!declined && joins && (
          <p className="request-sub">
            {t('chat.joins-told', { network: networkName(conversation.chats[0]?.network ?? '') })}
          </p>
        )}
      </div>
      <div className="request-actions">
        <button
          type="button"
          className="button button-primary"
          disabled={action.busy}
          onClick={() => void answer('acceptConversation')}
        >
          {declined ? t('chat.accept-after-all') : joins ? t('chat.join') : t('chat.accept')}
        </button>
        {!declined && (
          <button
            type="button"
            className="button"
            disabled={action.busy}
            onClick={() => void answer('declineConversation')}
          >
            {t('chat.decline')}
          </button>
        )}
      </div>
      {action.error && (
        <p className="field-error" role="alert">
          {action.error}
        </p>
      )}
    </section>
  );
}

/** Who asks, if it is known, and into what. */
function asked({ kind, name }: Conversation, last: Message | undefined): string {
  if (kind === 'direct') return t('chat.wants-to-write', { name });
  return last ? t('chat.invites', { name: last.sender.name, room: name }) : t('chat.invited', { room: name });
}

/** Stands in the composer's place in a channel the account has left. */
export function LeftBar({ conversation }: { conversation: Conversation }) {
  const action = useAction();
  const chat = conversation.chats[0];
  if (!chat) return null;
  return (
    <section className="request" aria-label={t('chat.not-in')}>
      <p className="request-text">{t('chat.left', { name: conversation.name })}</p>
      <div className="request-actions">
        <button
          type="button"
          className="button"
          disabled={action.busy}
          onClick={() => void action.run(() => openChat(chat.accountId, { join: chat.name }))}
        >
          {t('chat.join-again')}
        </button>
      </div>
      {action.error && (
        <p className="field-error" role="alert">
          {action.error}
        </p>
      )}
    </section>
  );
}
