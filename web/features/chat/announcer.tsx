'use client';
import { useEffect, useRef, useState } from 'react';
import type { Conversation, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { store } from '../../lib/sync/store';

/** What comes within this time is told in one go. */
const gatherMs = 400;
/** More than this are counted, not read. */
const mostRead = 3;

type Props = { conversation: Conversation; version: number; personName: string | undefined };

/**
 * Tells screen readers what others say while the conversation is open: once, politely, and never what is merely drawn
 * because somebody reads back.
 */
export function Announcer({ conversation: { id }, version, personName }: Props) {
  const [words, setWords] = useState('');
  const told = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      told.current = null;
    },
    [],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the messages
  useEffect(() => {
    const timeline = store.timelines.get(id);
    const newest = timeline?.items.at(-1);
    if (!timeline?.fresh || !timeline.atLatest || !newest) return;
    if (told.current === null) {
      told.current = newest.sentAt;
      return;
    }
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const since = told.current ?? newest.sentAt;
      const news = timeline.items.filter((one) => one.sentAt > since && one.direction === 'in' && !one.deletedAt);
      told.current = timeline.items.at(-1)?.sentAt ?? since;
      if (news.length > mostRead) setWords(t('timeline.first-new', { count: news.length }));
      else if (news.length > 0) setWords(news.map((one) => wordsOf(one, personName)).join(' '));
    }, gatherMs);
  }, [id, version]);
  return (
    <p className="visually-hidden" role="status" data-announcer>
      {words}
    </p>
  );
}

function wordsOf({ text, attachments, sender }: Message, personName: string | undefined): string {
  const name = personName ?? sender.name;
  const file = attachments[0]?.name;
  return text === '' && file
    ? t('timeline.announce-file', { name, file })
    : t('timeline.announce', { name, text: text.slice(0, 300) });
}
