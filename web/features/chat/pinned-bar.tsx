'use client';
import { useState } from 'react';
import type { Conversation, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { Icon } from '../../ui/icons';
import { showMessage } from './jump';
import { usePins } from './use-pins';

/** The message pinned last, below the head; pressed, it is shown in its place, and the bar names the one before it. */
export function PinnedBar({ conversation }: { conversation: Conversation }) {
  const { items } = usePins(conversation);
  const [at, setAt] = useState(0);
  if (conversation.pins === 0) return null;
  const shown = items?.[at % Math.max(1, items.length)];
  const go = () => {
    if (!shown) return;
    showMessage(shown);
    setAt((now) => (now + 1) % Math.max(1, items?.length ?? 1));
  };
  return (
    <section className="pinned-bar" aria-label={t('message.pinned-label')}>
      <button type="button" className="pinned-one" disabled={!shown} onClick={go}>
        <Icon name="pin" size={14} />
        <span className="pinned-text" dir="auto">
          {shown ? summary(shown) : t('message.pinned-count', { count: conversation.pins })}
        </span>
      </button>
      <a
        className="pinned-all"
        href={link.pins(conversation.id)}
        aria-label={t('message.pinned-all', { count: conversation.pins })}
      >
        {conversation.pins > 1 ? (
          t('message.pinned-count', { count: conversation.pins })
        ) : (
          <Icon name="next" size={14} />
        )}
      </a>
    </section>
  );
}

const summary = ({ text, attachments }: Message): string =>
  text.replace(/\s+/g, ' ').trim().slice(0, 200) || (attachments[0]?.name ?? '');
