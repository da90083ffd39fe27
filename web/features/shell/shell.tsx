'use client';
import { useEffect, useState } from 'react';
import { useRoute } from '../../lib/router';
import { useConversations } from '../../lib/sync/hooks';
import { Notice } from '../../ui/notice';
import { useNarrow } from '../../ui/use-narrow';
import { Sidebar } from '../buddies/sidebar';
import { ActionDialogs } from '../chat/action-dialogs';
import { ConversationView } from '../chat/conversation';
import {
  AddNetwork,
  Admin,
  Broadcasts,
  fetchLater,
  Networks,
  NewBroadcast,
  NewGroup,
  OpenPage,
  PersonPage,
  Scheduled,
  Settings,
  SharePage,
  Starred,
  Switcher,
} from './lazy';
import { Welcome } from './welcome';

/** List, main pane and, where asked for, a side sheet. On a phone one of them at a time. */
export function Shell() {
  const route = useRoute();
  const narrow = useNarrow();
  const [switching, setSwitching] = useState(false);
  useUnreadTitle();
  useEffect(fetchLater, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setSwitching(true);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <div
      className="shell"
      data-at={route.at}
      data-panel={route.at === 'conversation' && route.panel ? 'open' : undefined}
    >
      <button type="button" className="skip-link" onClick={focusMain}>
        Skip to the conversation
      </button>
      <Sidebar alone={narrow && route.at === 'home'} onSwitch={() => setSwitching(true)} />
      <div className="content" id="main" tabIndex={-1}>
        {route.at === 'home' && <Welcome />}
        {route.at === 'conversation' && <ConversationView key={route.id} id={route.id} panel={route.panel} />}
        {route.at === 'person' && <PersonPage key={route.id} id={route.id} />}
        {route.at === 'networks' && <Networks />}
        {route.at === 'add' && <AddNetwork network={route.network} />}
        {route.at === 'new-group' && <NewGroup />}
        {route.at === 'broadcasts' && <Broadcasts id={route.id} />}
        {route.at === 'new-broadcast' && <NewBroadcast />}
        {route.at === 'admin' && <Admin />}
        {route.at === 'scheduled' && <Scheduled />}
        {route.at === 'open' && <OpenPage uri={route.uri} />}
        {route.at === 'share' && <SharePage />}
        {route.at === 'starred' && <Starred />}
        {route.at === 'settings' && <Settings />}
      </div>
      {switching && <Switcher onClose={() => setSwitching(false)} />}
      <ActionDialogs />
      <Notice />
    </div>
  );
}

function focusMain(): void {
  document.getElementById('main')?.focus();
}

function useUnreadTitle(): void {
  const unread = useConversations().reduce(
    (sum, conversation) => sum + (conversation.mutedUntil || conversation.archived ? 0 : conversation.unread),
    0,
  );
  useEffect(() => {
    document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) Parley` : 'Parley';
  }, [unread]);
}
