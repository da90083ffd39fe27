import type { Message } from '../../lib/api/types';
import { plural } from '../../lib/format';
import { Icon } from '../../ui/icons';
import type { Thread } from './threads';

/** Below what began a thread: how much of it is in view, leading to the last of it. */
export function ThreadCount({ thread, onJump }: { thread: Thread; onJump: (message: Message) => void }) {
  const text = `${plural(thread.count, 'message')} in thread`;
  return (
    <button
      type="button"
      className="thread-count"
      aria-label={`${text}. Go to the last`}
      onClick={() => onJump(thread.last)}
    >
      <Icon name="thread" size={14} />
      {text}
    </button>
  );
}
