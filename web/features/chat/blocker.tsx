'use client';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { showMessage } from './jump';
import { useMessage } from './use-message';

const shownLength = 60;

/** The message another one waits for; pressing it goes there. */
export function Blocker({ conversationId, messageId }: { conversationId: string; messageId: string }) {
  const message = useMessage(conversationId, messageId);
  const text = message?.text.trim() || message?.attachments[0]?.name || t('chat.earlier-message');
  return (
    <p className="blocker">
      {rich('chat.waits-for', {
        message: (
          <button
            type="button"
            className="link-button"
            disabled={!message}
            onClick={() => message && showMessage(message)}
          >
            {text.length > shownLength ? `${text.slice(0, shownLength).trimEnd()}…` : text}
          </button>
        ),
      })}
    </p>
  );
}
