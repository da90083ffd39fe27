'use client';
import { useMemo } from 'react';
import type { Conversation } from '../../lib/api/types';
import { compareChats, type Part, partOf } from '../../lib/chat-order';
import { t } from '../../lib/i18n';
import { link, useRoute } from '../../lib/router';
import { useVersion } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { Empty } from '../../ui/states';
import { useNow } from '../../ui/use-now';
import { standingsIn, useRoom } from '../shell/panes';
import { useGuide } from '../welcome/use-guide';
import { ChatRow } from './chat-row';
import type { Section } from './layout';
import { Finder } from './matching';
import { Ordered } from './ordered';
import type { OpenMenu } from './person-row';
import { fitsChat } from './sections';
import { isNarrowed, toggleSection, useListView } from './view';
import { VirtualSections } from './virtual-sections';

type Row = { is: 'chat'; key: string; conversation: Conversation };

const conversations = new Ordered<Conversation>({
  compare: compareChats,
  stays: (before, now) => before.pinned === now.pinned && before.lastActiveAt === now.lastActiveAt,
});
const finder = new Finder<Conversation>(({ name, chats }) => [
  name,
  ...chats.flatMap((chat) => [chat.name, chat.subject ?? '']),
]);

const rowOf = (conversation: Conversation): Row => ({ is: 'chat', key: conversation.id, conversation });

const minuteMs = 60_000;

type Props = { query: string; onMenu: OpenMenu };

/** Conversations, the latest first; what strangers ask stands before them, what was put away behind. */
export function ChatList({ query, onMenu }: Props) {
  const standing = standingsIn(useRoute());
  const now = useNow(minuteMs);
  const { closed, filters } = useListView();
  const { folded } = useRoom();
  const version = useVersion('conversations');
  // Who somebody is matters to the list only where it is narrowed; rows look for themselves.
  const contactsVersion = useVersion('contacts') * Number(isNarrowed(filters));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the versions stand for what is read
  const sections = useMemo(() => {
    const found = finder
      .find(conversations.take(store.conversations), query)
      .filter((one) => fitsChat(one, store.contacts.get(one.contactId ?? ''), filters));
    const parts = Map.groupBy(found, (one) => partOf(one, now));
    const section = (key: string, title: string | null, part: Part, open: boolean): Section<Row> => {
      const own = parts.get(part) ?? [];
      const shown = query !== '' || open;
      return { key, title, count: own.length, open: shown, rows: shown ? own.map(rowOf) : [] };
    };
    return [
      section('requests', t('buddies.requests'), 'requests', !closed.includes('requests')),
      section('chats', null, 'open', true),
      // Shut unless it was opened: what is kept says the opposite here.
      section('snoozed', t('buddies.snoozed'), 'snoozed', closed.includes('snoozed')),
      section('archived', t('buddies.archived'), 'archived', closed.includes('archived')),
    ].filter(({ count }) => count > 0);
  }, [version, contactsVersion, query, filters, closed, now]);
  if (sections.length === 0) {
    if (isNarrowed(filters)) return <Empty title={t('buddies.no-conversation-fits')} />;
    if (!query) return <NoneYet />;
    return <Empty title={t('buddies.no-conversation-fits')}>{t('buddies.search-too')}</Empty>;
  }
  return (
    <VirtualSections
      label={t('buddies.conversations')}
      sections={sections}
      about={`chats ${query}`}
      onToggle={toggleSection}
    >
      {({ conversation }, { tabIndex }) => (
        <ChatRow
          conversation={conversation}
          current={standing(conversation.id)}
          folded={folded}
          tabIndex={tabIndex}
          onMenu={onMenu}
        />
      )}
    </VirtualSections>
  );
}

/** Beside the list stands the same invitation; where the list is alone, it has to make it. */
function NoneYet() {
  const { guided, next } = useGuide();
  const bare = next === 'network';
  return (
    <Empty
      title={t('buddies.none-yet')}
      action={
        (guided || bare) && (
          <a className="button button-primary only-narrow" href={guided ? link.welcome : link.add()}>
            {t(guided ? 'buddies.get-started' : 'buddies.add-a-network')}
          </a>
        )
      }
    >
      {bare ? t('buddies.none-yet-bare') : t('buddies.none-yet-why')}
    </Empty>
  );
}
