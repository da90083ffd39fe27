'use client';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { call } from '../../../lib/api/client';
import type { Contact, Conversation, Member } from '../../../lib/api/types';
import { loadEmoji } from '../../../lib/emoji';
import { type Emoji, findEmoji } from '../../../lib/emoji/find';
import { useUser } from '../../../lib/sync/hooks';
import { store } from '../../../lib/sync/store';
import type { Editor } from '../use-editor';
import { mentionText, namedSo, type Person, peopleIn, roomOf } from './mention';
import { codeAt, type Token, tokenAt } from './token';

export type Offer = { key: string; insert: string; label: string; detail: string; emoji?: string };

const most = 8;
const pageSize = 1000;
const mostPages = 5;

export type Completion = ReturnType<typeof useCompletion>;

/** Offers what `@` and `:` may mean while they are typed. Nothing is asked for before the first of them. */
export function useCompletion(editor: Editor, conversation: Conversation) {
  const id = useId();
  const user = useUser();
  const [token, setToken] = useState<Token | null>(null);
  const [active, setActive] = useState(0);
  const [people, setPeople] = useState<Person[] | null>(null);
  const [emoji, setEmoji] = useState<Emoji[] | null>(null);
  const dismissed = useRef<number | null>(null);
  const room = roomOf(conversation);
  const kind = token?.is;

  useEffect(() => {
    if (kind === 'emoji' && !emoji) loadEmoji().then(setEmoji, () => {});
  }, [kind, emoji]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as of when `@` was typed
  useEffect(() => {
    if (kind !== 'mention') return setPeople(null);
    const stop = new AbortController();
    const own = ownNameIn(conversation, user?.name ?? '');
    const contacts: Contact[] = room ? [] : [...store.contacts.values()];
    const show = (members: Member[]) =>
      !stop.signal.aborted && setPeople(peopleIn(conversation, members, contacts, own));
    if (room) membersOf(conversation.id, room.id, stop.signal, show).catch(() => show([]));
    else show([]);
    return () => stop.abort();
  }, [kind, conversation.id]);

  const offers = token ? offersOf(token, people, emoji, room?.network) : [];
  const open = offers.length > 0;
  const at = Math.min(active, offers.length - 1);

  const look = () => {
    const { text, start, end } = editor.read();
    const closed = codeAt(text, start);
    const meant = closed && emoji?.find(({ codes }) => codes.includes(closed.code));
    if (closed && meant) return insert(closed.from, start, meant.text);
    const found = tokenAt(text, start, end);
    if (!found || found.from !== dismissed.current) dismissed.current = null;
    const next = found && dismissed.current === null ? found : null;
    if (next?.from !== token?.from || next?.query !== token?.query) setActive(0);
    setToken(next);
  };
  const insert = (from: number, to: number, text: string) => {
    setToken(null);
    editor.apply({ from, to, insert: text, start: from + text.length, end: from + text.length });
  };
  const pick = (offer: Offer) => {
    if (token) insert(token.from, token.to, offer.insert);
  };
  const close = () => setToken(null);
  /** Answers whether the key was for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    const chosen = offers[at];
    if (!open || !chosen || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey)
      return false;
    if (event.key === 'ArrowDown') setActive((at + 1) % offers.length);
    else if (event.key === 'ArrowUp') setActive((at + offers.length - 1) % offers.length);
    else if ((event.key === 'Enter' && !event.shiftKey) || (event.key === 'Tab' && !event.shiftKey)) pick(chosen);
    else if (event.key === 'Escape') {
      dismissed.current = token?.from ?? null;
      close();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { id, kind, offers, at, open, look, pick, close, onKey, point: setActive };
}

function offersOf(token: Token, people: Person[] | null, emoji: Emoji[] | null, network: string | undefined): Offer[] {
  if (token.is === 'emoji') {
    return findEmoji(emoji ?? [], token.query, most).map(({ text, name, codes }) => ({
      key: text,
      insert: text,
      label: name,
      detail: codes[0] ? `:${codes[0]}:` : '',
      emoji: text,
    }));
  }
  return namedSo(people ?? [], token.query).map(({ key, name, detail, mark }) => ({
    key,
    insert: mentionText(network, mark, token.from === 0),
    label: name,
    detail,
  }));
}

function ownNameIn(conversation: Conversation, name: string): string {
  const room = roomOf(conversation);
  return (room && store.accounts.get(room.accountId)?.name) || name;
}

const known = new Map<string, { members: Member[]; at: number }>();
const freshMs = 60_000;
const mostRooms = 20;

/** As many as can be looked through; remembered for a moment. */
async function membersOf(
  conversationId: string,
  chatId: string,
  signal: AbortSignal,
  show: (members: Member[]) => void,
): Promise<void> {
  const before = known.get(chatId);
  if (before) show(before.members);
  if (before && Date.now() - before.at < freshMs) return;
  const members: Member[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const query = { chatId, limit: pageSize, cursor };
    const page = await call('listMembers', { params: { id: conversationId }, query, signal });
    members.push(...page.items);
    show([...members]);
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  known.delete(chatId);
  known.set(chatId, { members, at: Date.now() });
  for (const id of known.keys()) {
    if (known.size <= mostRooms) break;
    known.delete(id);
  }
}
