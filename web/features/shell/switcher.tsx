'use client';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { listTime } from '../../lib/format';
import { markOf, pictureOf } from '../../lib/pictures';
import { go, link } from '../../lib/router';
import { useContacts, useConversations } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { Dialog } from '../../ui/dialog';
import type { IconName } from '../../ui/icons';
import { NetworkGlyph } from '../../ui/network-glyph';
import { matches } from '../buddies/matching';
import { showMessage } from '../chat/jump';

type Hit =
  | {
      is: 'place';
      key: string;
      name: string;
      detail: string;
      networks: string[];
      mark?: IconName;
      url?: string;
      to: string;
    }
  | { is: 'message'; key: string; message: Message };

const most = 8;

/** Ctrl-K: people and conversations at once, messages as the server finds them. */
export function Switcher({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const places = usePlaces(query);
  const messages = useMessageSearch(query);
  const hits: Hit[] = [...places, ...messages.map((message) => ({ is: 'message' as const, key: message.id, message }))];
  const list = useRef<HTMLDivElement>(null);
  const active = Math.min(at, hits.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  const choose = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    if (hit.is === 'place') go(hit.to);
    else showMessage(hit.message);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(active + 1, hits.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(active - 1, 0));
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) choose(hits[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" onClose={onClose} bare>
      <input
        className="switcher-input"
        role="combobox"
        aria-label="Go to a person, a conversation or a message"
        aria-expanded="true"
        aria-controls="switcher-list"
        aria-activedescendant={hits[active] ? `hit-${hits[active].key}` : undefined}
        placeholder="Person, conversation or words of a message"
        data-autofocus
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <div className="switcher-list" id="switcher-list" role="listbox" aria-label="Results" ref={list}>
        {hits.map((hit, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the combobox has the keyboard
          <div
            key={hit.key}
            id={`hit-${hit.key}`}
            role="option"
            aria-selected={index === active}
            className="switcher-hit"
            onClick={() => choose(hit)}
            onMouseMove={() => setAt(index)}
          >
            {hit.is === 'place' ? <PlaceHit hit={hit} /> : <MessageHit message={hit.message} />}
          </div>
        ))}
        {hits.length === 0 && <p className="switcher-none">Nothing found</p>}
      </div>
    </Dialog>
  );
}

function PlaceHit({ hit }: { hit: Extract<Hit, { is: 'place' }> }) {
  return (
    <>
      <Avatar name={hit.name} url={hit.url} size={24} mark={hit.mark} />
      <span className="switcher-name">{hit.name}</span>
      <span className="switcher-detail">{hit.detail}</span>
      {hit.networks.map((network) => (
        <NetworkGlyph key={network} network={network} />
      ))}
    </>
  );
}

function MessageHit({ message }: { message: Message }) {
  return (
    <>
      <NetworkGlyph network={message.network} />
      <span className="switcher-name switcher-text">{message.text}</span>
      <span className="switcher-detail">
        {message.sender.name} · {listTime(message.sentAt)}
      </span>
    </>
  );
}

function usePlaces(query: string): Hit[] {
  const conversations = useConversations();
  const contacts = useContacts();
  return useMemo(() => {
    const byId = new Map(contacts.map((contact) => [contact.id, contact]));
    const shown = conversations
      .filter((conversation) =>
        matches(
          query,
          conversation.name,
          conversation.chats.map((chat) => chat.name),
        ),
      )
      .sort((a, b) => (a.lastActiveAt < b.lastActiveAt ? 1 : -1))
      .slice(0, most)
      .map((conversation) => ({
        is: 'place' as const,
        key: conversation.id,
        name: conversation.name,
        detail: conversation.unread > 0 ? `${conversation.unread} unread` : '',
        networks: [...new Set(conversation.chats.map((chat) => chat.network))],
        mark: markOf(conversation),
        url: pictureOf(byId.get(conversation.contactId ?? '')),
        to: link.conversation(conversation.id),
      }));
    const known = new Set(shown.map((hit) => hit.key));
    const people = contacts
      .filter((contact) => !contact.conversationId || !known.has(contact.conversationId))
      .filter((contact) =>
        matches(
          query,
          contact.name,
          contact.buddies.map((buddy) => buddy.address),
        ),
      )
      .slice(0, most - Math.min(shown.length, most - 2))
      .map((contact) => ({
        is: 'place' as const,
        key: contact.id,
        name: contact.name,
        detail: contact.note ?? '',
        networks: [...new Set(contact.buddies.map((buddy) => buddy.network))],
        url: pictureOf(contact),
        to: contact.conversationId ? link.conversation(contact.conversationId) : link.person(contact.id),
      }));
    return [...shown, ...people];
  }, [query, conversations, contacts]);
}

function useMessageSearch(query: string): Message[] {
  const [found, setFound] = useState<Message[]>([]);
  const text = query.trim();
  useEffect(() => {
    if (text.length < 2) return setFound([]);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      call('search', { query: { q: text, limit: 12 }, signal: stop.signal })
        .then((page) => setFound(page.items))
        .catch(() => {});
    }, 200);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return found;
}
