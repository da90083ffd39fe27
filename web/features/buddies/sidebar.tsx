'use client';
import { useDeferredValue, useRef, useState } from 'react';
import { link, useRoute } from '../../lib/router';
import { useLoaded } from '../../lib/sync/hooks';
import { useUpdateReady } from '../../lib/worker';
import { Icon } from '../../ui/icons';
import { lazily } from '../../ui/lazily';
import { moveFocus } from '../../ui/roving';
import { Skeleton } from '../../ui/states';
import { TroubleLine } from '../accounts/trouble-line';
import { OwnPresence } from '../settings/own-presence';
import { ChatList } from './chat-list';
import { LinkLine } from './link-line';
import { NewMenu } from './new-menu';
import { PeopleList } from './people-list';

const UpdateLine = lazily(() => import('../open/update-line').then((found) => found.UpdateLine));

type Tab = 'chats' | 'people';
const key = 'parley.tab';

/** `alone`: it is all there is on the page, as on a phone. */
export function Sidebar({ alone, onSwitch }: { alone: boolean; onSwitch: () => void }) {
  const [tab, setTab] = useState<Tab>(() => (localStorage.getItem(key) === 'people' ? 'people' : 'chats'));
  const [filter, setFilter] = useState('');
  const query = useDeferredValue(filter);
  const loaded = useLoaded();
  const updateReady = useUpdateReady();
  const list = useRef<HTMLDivElement>(null);
  const route = useRoute();
  const show = (next: Tab) => {
    setTab(next);
    localStorage.setItem(key, next);
  };
  const focusFirst = () => list.current?.querySelector<HTMLElement>('[data-roving]')?.focus();
  return (
    <div className="sidebar" role={alone ? 'main' : undefined}>
      {alone && <h1 className="visually-hidden">Conversations and people</h1>}
      <nav className="sidebar-nav" aria-label="Conversations and people">
        <header className="sidebar-head">
          <OwnPresence />
          <button type="button" className="icon-button" aria-label="Search" title="Search (Ctrl K)" onClick={onSwitch}>
            <Icon name="search" />
          </button>
          <NewMenu />
        </header>
        <div className="sidebar-tools">
          <div className="segmented" role="tablist" aria-label="List">
            <TabButton id="chats" label="Chats" on={tab === 'chats'} onSelect={show} />
            <TabButton id="people" label="People" on={tab === 'people'} onSelect={show} />
          </div>
          <input
            className="input filter"
            type="search"
            aria-label="Filter the list"
            placeholder="Filter"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && filter) {
                event.preventDefault();
                setFilter('');
              } else if (event.key === 'ArrowDown') {
                event.preventDefault();
                focusFirst();
              } else if (event.key === 'Enter') {
                list.current?.querySelector<HTMLElement>('[data-roving]')?.click();
              }
            }}
          />
        </div>
        <div
          className="sidebar-list"
          ref={list}
          role="tabpanel"
          id="list-panel"
          aria-labelledby={`tab-${tab}`}
          onKeyDown={(event) => moveFocus(event, list.current)}
        >
          {!loaded && <Skeleton rows={7} />}
          {loaded && (tab === 'chats' ? <ChatList query={query} /> : <PeopleList query={query} />)}
        </div>
        {updateReady && <UpdateLine />}
        <LinkLine />
        <TroubleLine />
        <footer className="sidebar-foot">
          <a
            href={link.networks}
            className="foot-link"
            aria-current={route.at === 'networks' || route.at === 'add' ? 'page' : undefined}
          >
            <Icon name="networks" />
            Networks
          </a>
          <a href={link.settings} className="foot-link" aria-current={route.at === 'settings' ? 'page' : undefined}>
            <Icon name="settings" />
            Settings
          </a>
        </footer>
      </nav>
    </div>
  );
}

function TabButton({ id, label, on, onSelect }: { id: Tab; label: string; on: boolean; onSelect: (tab: Tab) => void }) {
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${id}`}
      aria-selected={on}
      aria-controls="list-panel"
      tabIndex={on ? 0 : -1}
      onClick={() => onSelect(id)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        const other = id === 'chats' ? 'people' : 'chats';
        onSelect(other);
        document.getElementById(`tab-${other}`)?.focus();
      }}
    >
      {label}
    </button>
  );
}
