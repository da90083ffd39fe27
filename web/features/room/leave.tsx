'use client';
import { useState } from 'react';
import { call } from '../../lib/api/client';
import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { takeConversation } from '../../lib/sync/apply';
import { Confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icons';

export function Leave({ conversation }: { conversation: Conversation }) {
  const [asking, setAsking] = useState(false);
  const leave = async () => {
    const value = await call('leaveConversation', { params: { id: conversation.id } });
    takeConversation(value);
  };
  return (
    <div className="person-actions">
      <button type="button" className="button button-quiet-danger" onClick={() => setAsking(true)}>
        <Icon name="signout" /> {t('room.leave')}
      </button>
      {asking && (
        <Confirm
          title={t('room.leave-title', { name: conversation.name })}
          action={t('room.leave')}
          danger
          work={leave}
          onClose={() => setAsking(false)}
        >
          <p>{t('room.leave-text')}</p>
        </Confirm>
      )}
    </div>
  );
}
