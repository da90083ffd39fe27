'use client';
import { useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Earlier, Message } from '../../lib/api/types';
import { fullTime, ledgerTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Dialog } from '../../ui/dialog';
import { Failure, Skeleton } from '../../ui/states';

/** What a message says now, and below it every wording it had, the newest first. */
export function EditsDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const [earlier, setEarlier] = useState<Earlier[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks anew
  useEffect(() => {
    const stop = new AbortController();
    setError(null);
    call('listEdits', { params: { id: message.id }, signal: stop.signal }).then(
      ({ items }) => setEarlier(items),
      (caught: unknown) => {
        if (!stop.signal.aborted) setError(messageOf(caught));
      },
    );
    return () => stop.abort();
  }, [message.id, turn]);
  return (
    <Dialog title={t('forward.edits')} onClose={onClose} wide>
      <ol className="wordings" aria-label={t('forward.edits')}>
        <Wording text={message.text} at={message.editedAt ?? message.sentAt} now />
        {earlier?.toReversed().map((one) => (
          <Wording key={one.at + one.text} text={one.text} at={one.at} />
        ))}
      </ol>
      {!earlier && !error && <Skeleton rows={2} />}
      {error && <Failure onRetry={() => setTurn((one) => one + 1)}>{error}</Failure>}
    </Dialog>
  );
}

function Wording({ text, at, now }: { text: string; at: string; now?: boolean }) {
  return (
    <li className="wording">
      <p className="wording-when">
        <time dateTime={at} title={fullTime(at)}>
          {ledgerTime(at)}
        </time>
        {now && <span className="tag">{t('forward.now')}</span>}
      </p>
      <p className="wording-text" dir="auto">
        {text}
      </p>
    </li>
  );
}
