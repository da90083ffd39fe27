'use client';
import fuzzysort from 'fuzzysort';
import { useMemo } from 'react';
import type { Contact, Conversation, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { markOf, pictureOf } from '../../lib/pictures';
import { link } from '../../lib/router';
import { useContacts, useConversations } from '../../lib/sync/hooks';
import type { IconName } from '../../ui/icons';
import { byRank, rankOf } from './rank';
import { recentCommands } from './recent';
import { type Command, useCommands } from './registry';

type Found = {
  key: string;
  /** How its name answers to the words. */
  rank: number;
  /** How well it fits, from 0 to 1. */
  score: number;
};
export type PlaceHit = Found & {
  is: 'place';
  name: string;
  detail: string;
  networks: string[];
  mark?: IconName;
  url?: string;
  to: string;
  /** Of a conversation there is. */
  conversationId: string | null;
};
type CommandHit = Found & { is: 'command'; command: Command };
export type Hit = PlaceHit | { is: 'message'; key: string; message: Message } | CommandHit;

const most = 8;
/** Of so many that fit best, those are shown that are ranked best. */
const mostRanked = 200;
const mostCommands = 6;
/** Below this, a match is more likely chance than meaning. */
const threshold = 0.35;

type Place = PlaceHit & { also: string; at: string };

/** Conversations and people; without words, the conversations last active. */
export function usePlaces(query: string): PlaceHit[] {
  const conversations = useConversations();
  const contacts = useContacts();
  const places = useMemo(() => placesOf(conversations, contacts), [conversations, contacts]);
  return useMemo(() => {
    const text = query.trim();
    if (!text) return places.slice(0, most);
    return fuzzysort
      .go(text, places, { keys: ['name', 'also'], limit: mostRanked, threshold })
      .map(({ obj, score }) => ({ ...obj, score, rank: rankOf(obj.name, text) }))
      .sort(byRank)
      .slice(0, most);
  }, [query, places]);
}

/** Those last active first. */
function placesOf(conversations: Conversation[], contacts: Contact[]): Place[] {
  const byId = new Map(contacts.map((contact) => [contact.id, contact]));
  const taken = new Set(conversations.map((conversation) => conversation.id));
  const rooms = conversations
    .map((one): Place => {
      const contact = byId.get(one.contactId ?? '');
      return {
        is: 'place',
        key: one.id,
        rank: 2,
        score: 1,
        name: one.name,
        detail: one.unread > 0 ? t('commands.unread', { count: one.unread }) : '',
        networks: [...new Set(one.chats.map((chat) => chat.network))],
        mark: markOf(one),
        url: pictureOf(contact),
        to: link.conversation(one.id),
        conversationId: one.id,
        also: [...one.chats.map((chat) => chat.name), ...addressesOf(contact)].join(' '),
        at: one.lastActiveAt,
      };
    })
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  const people = contacts
    .filter((contact) => !contact.conversationId || !taken.has(contact.conversationId))
    .map(
      (contact): Place => ({
        is: 'place',
        key: contact.id,
        rank: 2,
        score: 1,
        name: contact.name,
        detail: contact.note ?? '',
        networks: [...new Set(contact.buddies.map((buddy) => buddy.network))],
        url: pictureOf(contact),
        to: link.person(contact.id),
        conversationId: null,
        also: addressesOf(contact).join(' '),
        at: '',
      }),
    );
  return [...rooms, ...people];
}

const addressesOf = (contact: Contact | undefined): string[] =>
  contact ? [...contact.buddies.map((one) => one.address), ...contact.addresses.map((one) => one.value)] : [];

/** Actions; without words, those used last. */
export function useCommandHits(query: string): CommandHit[] {
  const commands = useCommands();
  const text = query.trim();
  return useMemo(() => {
    const offered = commands.filter((command) => command.id !== 'bar');
    if (text)
      return fuzzysort
        .go(text, offered, { key: 'title', limit: mostCommands, threshold })
        .map(({ obj, score }) => hitOf(obj, score, rankOf(obj.title, text)));
    const recent = recentCommands().flatMap((id) => offered.find((command) => command.id === id) ?? []);
    return [...new Set([...recent, ...offered])].slice(0, mostCommands).map((command) => hitOf(command, 0, 2));
  }, [text, commands]);
}

const hitOf = (command: Command, score: number, rank: number): CommandHit => ({
  is: 'command',
  key: `command-${command.id}`,
  rank,
  score,
  command,
});
