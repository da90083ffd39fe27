'use client';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Confirm } from '../../ui/confirm';
import { removeMessage, waits } from '../chat/message-verbs';

/** Asks before messages are taken back, or what has not been sent of them is stopped. */
export function RemoveDialog({ messages, onClose }: { messages: Message[]; onClose: () => void }) {
  const count = messages.length;
  const waiting = messages.every(waits);
  return (
    <Confirm
      title={waiting ? t('forward.cancel-title', { count }) : t('forward.delete-title', { count })}
      action={waiting ? t('message.cancel-sending') : t('message.delete')}
      danger
      work={async () => {
        for (const message of messages) await removeMessage(message);
      }}
      onClose={onClose}
    >
      <p>{waiting ? t('forward.cancel-text') : t('forward.delete-text', { count })}</p>
    </Confirm>
  );
}
