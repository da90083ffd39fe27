'use client';
import { listOf } from '../../lib/format';
import { t } from '../../lib/i18n';
import { useStore } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';

/** Who is writing; always as tall as its line, so that nothing moves when they begin. */
export function TypingLine({ conversationId }: { conversationId: string }) {
  const names = useStore(
    'typing',
    () => [...(store.typing.get(conversationId)?.values() ?? [])].map((person) => person.name),
    [conversationId],
  );
  return (
    <p className="typing" aria-live="off">
      {names.length > 0 && (
        <>
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {names.length > 2
            ? t('timeline.many-writing', { count: names.length })
            : t('timeline.writing', { count: names.length, names: listOf(names) })}
        </>
      )}
    </p>
  );
}
