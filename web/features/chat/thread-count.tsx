import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { Icon } from '../../ui/icons';

/** Below what began a thread: how much of it is in view. Opens it. */
export function ThreadCount({ root, count }: { root: Message; count: number }) {
  const text = t('timeline.in-thread-count', { count });
  return (
    <a
      className="thread-count"
      href={link.thread(root.conversationId, root.id)}
      aria-label={t('timeline.open-thread', { count: text })}
    >
      <Icon name="thread" size={14} />
      {text}
    </a>
  );
}
