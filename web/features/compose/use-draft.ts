'use client';
import { useEffect, useState } from 'react';
import type { Conversation, SendBody } from '../../lib/api/types';
import { store } from '../../lib/sync/store';
import { type Choice, choiceOf } from './choice';
import { newsOf, readDraft, saveDraft } from './drafts';
import { type Extras, extrasOf, noExtras } from './extras';

export type DraftState = ReturnType<typeof useDraft>;

/**
 * What is being written here, but for its files. Its text is the same in all windows of its writer. The route and the
 * rest are of one message: sending clears them.
 */
export function useDraft({ id }: Conversation) {
  const [text, setText] = useState(() => readDraft(id));
  const [subject, setSubject] = useState('');
  const [chosen, setChosen] = useState<Choice | null>(null);
  const [extras, setExtras] = useState<Extras>(noExtras);
  useEffect(() => {
    const look = () => {
      const now = store.conversations.get(id);
      const news = now ? newsOf(now) : null;
      if (news !== null) setText(news);
    };
    look();
    return store.subscribe('conversations', look);
  }, [id]);

  const write = (next: string) => {
    setText(next);
    saveDraft(id, next);
  };
  const clear = () => {
    write('');
    setSubject('');
    setExtras(noExtras);
  };
  /** A message that did not go comes back as it was; what was written meanwhile stays below. */
  const restore = (body: SendBody) => {
    write([body.text, text].filter(Boolean).join('\n'));
    setSubject(body.subject ?? '');
    setChosen(choiceOf(body));
    setExtras(extrasOf(body));
  };
  const set = (change: Partial<Extras>) => setExtras((now) => ({ ...now, ...change }));
  return { text, subject, chosen, extras, write, setSubject, setChosen, set, clear, restore };
}
