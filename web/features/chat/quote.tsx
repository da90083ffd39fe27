'use client';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { go, link } from '../../lib/router';
import { store } from '../../lib/sync/store';
import { Icon } from '../../ui/icons';
import { withoutFences } from '../media/fences';

const asked = new Map<string, Promise<Message | null>>();
const kept = 200;

/** Answers of the server for messages outside the window; asked for once. */
function fetchMessage(id: string): Promise<Message | null> {
  const known = asked.get(id);
  if (known) return known;
  const answer = call('getMessage', { params: { id } }).catch(() => null);
  asked.set(id, answer);
  for (const oldest of asked.keys()) {
    if (asked.size <= kept) break;
    asked.delete(oldest);
  }
  void answer.then((message) => {
    if (!message) asked.delete(id);
  });
  return answer;
}

type Props = { conversationId: string; messageId: string; thread?: boolean; onJump: (message: Message) => void };

/** The message this one answers, or the one that began its thread: one line, always as tall. It leads there, or into the thread. */
export function Quote({ conversationId, messageId, thread = false, onJump }: Props) {
  const here = store.timelines.get(conversationId)?.get(messageId);
  const [fetched, setFetched] = useState<Message | null>(null);
  useEffect(() => {
    if (here) return;
    let live = true;
    void fetchMessage(messageId).then((message) => live && setFetched(message));
    return () => {
      live = false;
    };
  }, [here, messageId]);
  const message = here ?? fetched;
  return (
    <button
      type="button"
      className={thread ? 'quote quote-thread' : 'quote'}
      disabled={!message && !thread}
      aria-label={labelOf(message, thread)}
      onClick={() => {
        if (thread) go(link.thread(conversationId, messageId));
        else if (message) onJump(message);
      }}
    >
      {thread && <Icon name="thread" size={12} />}
      <span className="quote-words" dir="auto">
        {message ? (
          <>
            {thread && `${t('timeline.in-thread-of')} `}
            <b>{nameOf(message)}</b> {wordsOf(message, 300)}
          </>
        ) : (
          t('timeline.an-earlier')
        )}
      </span>
    </button>
  );
}

const nameOf = (message: Message): string => (message.direction === 'out' ? t('timeline.you') : message.sender.name);

const wordsOf = (message: Message, length: number): string =>
  message.deletedAt
    ? t('timeline.deleted')
    : withoutFences(message.text).slice(0, length) || (message.attachments[0]?.name ?? '');

function labelOf(message: Message | null, thread: boolean): string {
  if (!message) return thread ? t('timeline.quote-unknown-thread') : t('timeline.quote-unknown');
  const said = { name: nameOf(message), text: wordsOf(message, 120) };
  return thread ? t('timeline.quote-thread', said) : t('timeline.quote-answers', said);
}
