'use client';
import { useState } from 'react';
import { call } from '../../lib/api/client';
import type { Conversation } from '../../lib/api/types';
import { applyChange } from '../../lib/sync/apply';
import { Confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icons';

export function Leave({ conversation }: { conversation: Conversation }) {
  const [asking, setAsking] = useState(false);
  const leave = async () => {
    const value = await call('leaveConversation', { params: { id: conversation.id } });
    applyChange({ kind: 'conversation', id: value.id, rev: value.rev, value });
  };
  return (
    <div className="person-actions">
      <button type="button" className="button button-quiet-danger" onClick={() => setAsking(true)}>
        <Icon name="signout" /> Leave
      </button>
      {asking && (
        <Confirm
          title={`Leave ${conversation.name}?`}
          action="Leave"
          danger
          work={leave}
          onClose={() => setAsking(false)}
        >
          <p>The others see that you left. What was said stays here; nothing new comes in until you join again.</p>
        </Confirm>
      )}
    </div>
  );
}
