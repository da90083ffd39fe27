'use client';
import { type KeyboardEvent, type RefObject, useMemo } from 'react';
import { t } from '../../lib/i18n';
import { useAccounts, useContacts } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { networkName } from '../../ui/network-glyph';
import { groupsOf } from './groups';
import { arrangeList, arrangements, changeFilters, isNarrowed, noFilters, useListView } from './view';

type Props = {
  input: RefObject<HTMLInputElement | null>;
  query: string;
  onQuery: (query: string) => void;
  /** To the list below: to its first row, or into it. */
  onDown: () => void;
  onEnter: () => void;
  onLeave: () => void;
};

/** What the list is looked for in, narrowed to and arranged by. */
export function ListTools({ input, query, onQuery, onDown, onEnter, onLeave }: Props) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      if (query) onQuery('');
      onLeave();
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      onDown();
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) onEnter();
  };
  return (
    <>
      <div className="filter-line">
        <input
          ref={input}
          className="input filter"
          type="search"
          aria-label={t('buddies.filter-the-list')}
          placeholder={t('buddies.filter')}
          value={query}
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <ViewMenu />
      </div>
      <Chips />
    </>
  );
}

/** Everything a list can be narrowed to and, for people, how it is arranged. */
function ViewMenu() {
  const view = useListView();
  return (
    <Menu
      label={t('buddies.view')}
      title={t('buddies.view')}
      className={isNarrowed(view.filters) ? 'icon-button icon-button-on' : 'icon-button'}
      trigger={<Icon name="filter" />}
    >
      <ViewItems />
    </Menu>
  );
}

function ViewItems() {
  const { tab, arrange, offline, filters } = useListView();
  const contacts = useContacts();
  const accounts = useAccounts();
  const groups = useMemo(() => groupsOf(contacts), [contacts]);
  const networks = [...new Set(accounts.map(({ network }) => network))];
  return (
    <>
      {tab === 'people' && (
        <>
          <p className="menu-title">{t('buddies.arrange')}</p>
          {arrangements.map((one) => (
            <MenuItem key={one} checked={arrange === one} onSelect={() => arrangeList({ arrange: one })}>
              {t(`buddies.by-${one}`)}
            </MenuItem>
          ))}
          <hr className="menu-line" />
          <MenuItem box checked={offline} onSelect={() => arrangeList({ offline: !offline })}>
            {t('buddies.show-offline')}
          </MenuItem>
          <hr className="menu-line" />
        </>
      )}
      <p className="menu-title">{t('buddies.show-only')}</p>
      <MenuItem box checked={filters.unread} onSelect={() => changeFilters({ unread: !filters.unread })}>
        {t('buddies.only-unread')}
      </MenuItem>
      <MenuItem box checked={filters.favourites} onSelect={() => changeFilters({ favourites: !filters.favourites })}>
        {t('buddies.favourites')}
      </MenuItem>
      {networks.length > 1 &&
        networks.map((one) => (
          <MenuItem
            key={one}
            box
            checked={filters.network === one}
            onSelect={() => changeFilters({ network: filters.network === one ? null : one })}
          >
            {networkName(one)}
          </MenuItem>
        ))}
      {groups.length > 0 && <p className="menu-title">{t('buddies.group')}</p>}
      {groups.map((one) => (
        <MenuItem
          key={one}
          box
          checked={filters.group === one}
          onSelect={() => changeFilters({ group: filters.group === one ? null : one })}
        >
          {one}
        </MenuItem>
      ))}
    </>
  );
}

/** What the list is narrowed to, each to be taken away. */
function Chips() {
  const { filters } = useListView();
  if (!isNarrowed(filters)) return null;
  const { unread, favourites, network, group } = filters;
  return (
    <fieldset className="filter-chips" aria-label={t('buddies.show-only')}>
      {unread && <Chip label={t('buddies.only-unread')} onDrop={() => changeFilters({ unread: false })} />}
      {favourites && <Chip label={t('buddies.favourites')} onDrop={() => changeFilters({ favourites: false })} />}
      {network !== null && <Chip label={networkName(network)} onDrop={() => changeFilters({ network: null })} />}
      {group !== null && <Chip label={group} onDrop={() => changeFilters({ group: null })} />}
      <button type="button" className="link-button" onClick={() => changeFilters(noFilters)}>
        {t('buddies.show-all')}
      </button>
    </fieldset>
  );
}

function Chip({ label, onDrop }: { label: string; onDrop: () => void }) {
  return (
    <button
      type="button"
      className="filter-chip"
      aria-label={t('buddies.no-longer-only', { what: label })}
      onClick={onDrop}
    >
      {label}
      <Icon name="close" size={12} />
    </button>
  );
}
