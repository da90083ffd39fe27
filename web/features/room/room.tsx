'use client';
import type { Chat, Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useAccounts } from '../../lib/sync/hooks';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { SendingSection } from '../routes/sending-section';
import { ChatPrivacy } from './chat-privacy';
import { Invite } from './invite';
import { Leave } from './leave';
import { Members } from './members';
import { Topic } from './topic';

/** About a group or channel: its topic, who is in it, and what can be done there. */
export function Room({ conversation }: { conversation: Conversation }) {
  const accounts = useAccounts();
  const { id, chats } = conversation;
  const joined = chats.some((chat) => chat.joined);
  const isOnline = (chat: Chat) => accounts.find((one) => one.id === chat.accountId)?.state.is === 'online';
  const main = chats.find((chat) => chat.joined) ?? chats[0];
  return (
    <div className="person">
      {main && <Topic conversationId={id} chat={main} online={isOnline(main)} />}
      <section className="section" aria-label={t('room.on-networks')}>
        <h3>{t('room.on-networks')}</h3>
        <ul className="lines">
          {chats.map((chat) => (
            <li key={chat.id} className="line">
              <NetworkGlyph network={chat.network} />
              <span className="line-text">
                <span className="line-main">{chat.name}</span>
                <span className="line-sub">
                  {aboutOf(chat, accounts.find((one) => one.id === chat.accountId)?.name)}
                </span>
              </span>
              {!chat.joined && <span className="tag">{chat.invited ? t('room.invited') : t('room.left')}</span>}
            </li>
          ))}
        </ul>
      </section>
      {main?.joined && main.capabilities?.invites && <Invite conversationId={id} chat={main} />}
      {main?.joined && main.capabilities?.members && <Members key={main.id} conversationId={id} chat={main} />}
      <SendingSection conversation={conversation} />
      <ChatPrivacy conversation={conversation} />
      {joined && conversation.kind !== 'direct' && <Leave conversation={conversation} />}
    </div>
  );
}

function aboutOf(chat: Chat, account: string | undefined): string {
  return [
    chat.subject,
    t('room.by', { network: networkName(chat.network), account: account ?? t('room.removed') }),
    chat.encrypted ? t('room.encrypted') : null,
  ]
    .filter(Boolean)
    .join(' · ');
}
