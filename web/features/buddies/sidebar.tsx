'use client';
import { type KeyboardEvent, memo, useCallback, useDeferredValue, useRef, useState } from 'react';
import { t } from '../../lib/i18n';
import { link, useRoute } from '../../lib/router';
import { settings } from '../../lib/settings';
import { useBegun, useLoaded } from '../../lib/sync/hooks';
import { useUpdateReady } from '../../lib/worker';
import { Icon } from '../../ui/icons';
import { lazily } from '../../ui/lazily';
import { TroubleLine } from '../accounts/trouble-line';
import { useCommand } from '../commands/registry';
import { OwnPresence } from '../settings/own-presence';
import { toggleFold } from '../shell/panes';
import { ChatList } from './chat-list';
import { LinkLine } from './link-line';
import { ListComing } from './list-coming';
import { ListTools } from './list-tools';
import { undoPeople } from './merging';
import { NewMenu } from './new-menu';
import { PeopleList } from './people-list';
import type { RowMenuTarget } from './person-row';
import { useFirstScreen } from './use-first-screen';
import { changeTab, isNarrowed, useListView } from './view';

const UpdateLine = lazily(() => import('../open/update-line').then((found) => found.UpdateLine));
const RowMenu = lazily(() => import('./row-menu').then((found) => found.RowMenu));

type MenuAt = { target: RowMenuTarget; at: { x: number; y: number } };

type Props = {
  /** It is all there is on the page, as on a phone. */
  alone: boolean;
  /** Only faces are seen. */
  folded: boolean;
  onSwitch: () => void;
};

/** Another page beside it does not draw it anew; its parts look for themselves where that is. */
export const Sidebar = memo(DrawnSidebar);

function DrawnSidebar({ alone, folded, onSwitch }: Props) {
  const { tab, filters } = useListView();
  const [filter, setFilter] = useState('');
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const query = useDeferredValue(filter);
  const [begun, whole] = [useBegun(), useLoaded()];
  const loaded = tab === 'chats' && !isNarrowed(filters) ? begun : whole;
  const updateReady = useUpdateReady();
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const rowIn = () => list.current?.querySelector<HTMLElement>('a[data-roving]');
  const openMenu = useCallback((target: RowMenuTarget, at: { x: number; y: number }) => setMenu({ target, at }), []);
  const plain = filter === '' && !isNarrowed(filters) && menu === null;
  useFirstScreen({ list, folded, drawn: loaded, plain });
  const List = tab === 'chats' ? ChatList : PeopleList;
  // Folded, it has no field to write in: the command bar finds as well.
  useListCommands(tab, () => (folded ? onSwitch() : input.current?.focus()));
  return (
    <div className="sidebar" role={alone ? 'main' : undefined}>
      {alone && <h1 className="visually-hidden">{t('buddies.conversations-and-people')}</h1>}
      <nav className="sidebar-nav" aria-label={t('buddies.conversations-and-people')}>
        <header className="sidebar-head">
          <OwnPresence />
          <button
            type="button"
            className="icon-button"
            aria-label={t('buddies.search')}
            title={t('buddies.search-keys')}
            onClick={onSwitch}
          >
            <Icon name="search" />
          </button>
          <NewMenu />
          <button
            type="button"
            className="icon-button fold"
            aria-label={folded ? t('shell.unfold') : t('shell.fold')}
            title={folded ? t('shell.unfold') : t('shell.fold')}
            onClick={toggleFold}
          >
            <Icon name="list" />
          </button>
        </header>
        <div className="sidebar-tools">
          <div className="segmented" role="tablist" aria-label={t('buddies.list')}>
            <TabButton id="chats" label={t('buddies.chats')} on={tab === 'chats'} />
            <TabButton id="people" label={t('buddies.people')} on={tab === 'people'} />
          </div>
          <ListTools
            input={input}
            query={filter}
            onQuery={setFilter}
            onDown={() => rowIn()?.focus()}
            onEnter={() => rowIn()?.click()}
            onLeave={() => list.current?.querySelector<HTMLElement>('[data-roving][tabindex="0"]')?.focus()}
          />
        </div>
        <div
          className="sidebar-list"
          ref={list}
          role="tabpanel"
          id="list-panel"
          aria-labelledby={`tab-${tab}`}
          onKeyDown={(event) => {
            if (!isTyped(event) || !input.current) return;
            event.preventDefault();
            if (folded) return onSwitch();
            setFilter(filter + event.key);
            input.current.focus();
          }}
        >
          {!loaded && <ListComing />}
          {loaded && <List query={query} onMenu={openMenu} />}
        </div>
        {updateReady && <UpdateLine />}
        <LinkLine />
        <TroubleLine />
        <Foot />
        {menu && <RowMenu {...menu} onClose={() => setMenu(null)} />}
      </nav>
    </div>
  );
}

function Foot() {
  const { at } = useRoute();
  return (
    <footer className="sidebar-foot">
      <a
        href={link.networks}
        className="foot-link"
        aria-current={at === 'networks' || at === 'add' ? 'page' : undefined}
      >
        <Icon name="networks" />
        <span className="foot-word">{t('buddies.networks')}</span>
      </a>
      <a href={link.settings} className="foot-link" aria-current={at === 'settings' ? 'page' : undefined}>
        <Icon name="settings" />
        <span className="foot-word">{t('buddies.settings')}</span>
      </a>
    </footer>
  );
}

/** What the list can be told from anywhere. */
function useListCommands(tab: Tab, onFilter: () => void): void {
  const other = tab === 'chats' ? 'people' : 'chats';
  useCommand({ id: 'filter-list', title: t('buddies.filter-the-list'), group: 'go', run: onFilter });
  useCommand({
    id: 'list-side',
    title: other === 'people' ? t('buddies.show-people') : t('buddies.show-chats'),
    group: 'view',
    run: () => changeTab(other),
  });
  useCommand({ id: 'undo-people', title: t('buddies.undo-people'), group: 'view', run: undoPeople });
}

/** Typing while the list has the focus looks for somebody, unless letters are keys of their own. */
function isTyped(event: KeyboardEvent): boolean {
  const { key, ctrlKey, metaKey, altKey, nativeEvent, target } = event;
  if (settings().letterKeys || ctrlKey || metaKey || altKey || nativeEvent.isComposing || event.defaultPrevented)
    return false;
  return /^[\p{L}\p{N}@#+]$/u.test(key) && target instanceof HTMLElement && !target.matches('input, textarea, select');
}

type Tab = 'chats' | 'people';

function TabButton({ id, label, on }: { id: Tab; label: string; on: boolean }) {
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${id}`}
      aria-selected={on}
      aria-controls="list-panel"
      tabIndex={on ? 0 : -1}
      onClick={() => changeTab(id)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        const other = id === 'chats' ? 'people' : 'chats';
        changeTab(other);
        document.getElementById(`tab-${other}`)?.focus();
      }}
    >
      {label}
    </button>
  );
}
