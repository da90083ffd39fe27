'use client';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { store } from '../../lib/sync/store';
import { Icon } from '../../ui/icons';

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

/** The message this one answers, or the one that began its thread: one line, always as tall, leading there. */
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
  const does = thread ? 'in thread of' : 'Answers';
  return (
    <button
      type="button"
      className={thread ? 'quote quote-thread' : 'quote'}
      disabled={!message}
      aria-label={message ? `${does} ${nameOf(message)}: ${message.text.slice(0, 120)}. Go there` : `${does} a message`}
      onClick={() => message && onJump(message)}
    >
      {thread && <Icon name="thread" size={12} />}
      {message ? (
        <>
          {thread && 'in thread of '}
          <b>{nameOf(message)}</b> {message.deletedAt ? 'Deleted' : message.text.slice(0, 300) || attached(message)}
        </>
      ) : (
        'An earlier message'
      )}
    </button>
  );
}

const nameOf = (message: Message): string => (message.direction === 'out' ? 'You' : message.sender.name);
const attached = (message: Message): string => message.attachments[0]?.name ?? '';
