'use client';
import { call } from '../../lib/api/client';
import type { Conversation, Message } from '../../lib/api/types';
import { applyChange } from '../../lib/sync/apply';
import { networkName } from '../../ui/network-glyph';
import { useAction } from '../../ui/use-action';
import { openChat } from '../buddies/open-chat';

/** Stands in the composer's place until the person has decided. */
export function RequestBar({ conversation, last }: { conversation: Conversation; last: Message | undefined }) {
  const action = useAction();
  const answer = (name: 'acceptConversation' | 'declineConversation') =>
    action.run(async () => {
      const value = await call(name, { params: { id: conversation.id } });
      applyChange({ kind: 'conversation', id: value.id, rev: value.rev, value });
    });
  const declined = conversation.request === 'declined';
  const joins = conversation.kind !== 'direct';
  return (
    <section className="request" aria-label={joins ? 'Invitation' : 'Message request'}>
      <div className="request-text">
        <p>{declined ? 'You declined this. Nothing more of it is shown in the list.' : asked(conversation, last)}</p>
        {!declined && joins && (
          <p className="request-sub">
            {networkName(conversation.chats[0]?.network ?? '')} tells them whether you join. Until then nothing you do
            here is told to anybody.
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
          {declined ? 'Accept after all' : joins ? 'Join' : 'Accept'}
        </button>
        {!declined && (
          <button
            type="button"
            className="button"
            disabled={action.busy}
            onClick={() => void answer('declineConversation')}
          >
            Decline
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
  if (kind === 'direct') return `${name} wants to write to you.`;
  return last ? `${last.sender.name} invites you to ${name}.` : `You are invited to ${name}.`;
}

/** Stands in the composer's place in a channel the account has left. */
export function LeftBar({ conversation }: { conversation: Conversation }) {
  const action = useAction();
  const chat = conversation.chats[0];
  if (!chat) return null;
  return (
    <section className="request" aria-label="Not in this channel">
      <p className="request-text">You are not in {conversation.name}. What was said stays here.</p>
      <div className="request-actions">
        <button
          type="button"
          className="button"
          disabled={action.busy}
          onClick={() => void action.run(() => openChat(chat.accountId, { join: chat.name }))}
        >
          Join again
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
