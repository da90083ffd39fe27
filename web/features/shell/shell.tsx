'use client';
import { type ReactNode, useCallback, useDeferredValue, useEffect, useState } from 'react';
import { t } from '../../lib/i18n';
import { useRoute } from '../../lib/router';
import { useSettings } from '../../lib/settings';
import { useConversation, useDrawing } from '../../lib/sync/hooks';
import { Boundary } from '../../ui/boundary';
import { Notice } from '../../ui/notice';
import { useNarrow } from '../../ui/use-narrow';
import { UnreadBadge, useAttentionWatch } from '../attention/use-attention-watch';
import { LinkLine } from '../buddies/link-line';
import { Sidebar } from '../buddies/sidebar';
import { ActionDialogs } from '../chat/action-dialogs';
import { listenForShortcuts } from '../commands/registry';
import { useShellCommands } from '../commands/shell-commands';
import {
  AddNetwork,
  Admin,
  Broadcasts,
  CommandBar,
  fetchLater,
  Guide,
  Networks,
  NewBroadcast,
  NewGroup,
  OpenPage,
  PersonPage,
  Reminders,
  SceneDialog,
  Scheduled,
  Settings,
  SharePage,
  ShortcutSheet,
  Starred,
} from './lazy';
import { useRoom } from './panes';
import { SideBySide } from './side-by-side';
import { useKeptFocus } from './use-kept-focus';
import { Welcome } from './welcome';

/** List, main pane and, where asked for, a side sheet. On a phone one of them at a time. */
export function Shell() {
  const route = useRoute();
  const narrow = useNarrow();
  const { folded } = useRoom();
  const [open, setOpen] = useState<'bar' | 'beside' | 'sheet' | 'scene' | null>(null);
  const { clock } = useSettings();
  useAttentionWatch();
  useKeptFocus(route);
  useEffect(fetchLater, []);
  useEffect(listenForShortcuts, []);
  const openBar = useCallback(() => setOpen('bar'), []);
  useShellCommands(route, {
    onBar: openBar,
    onBeside: () => setOpen('beside'),
    onSheet: () => setOpen('sheet'),
    onScene: () => setOpen('scene'),
  });
  return (
    <div className="shell" data-at={route.at} data-list={folded ? 'folded' : undefined}>
      <button type="button" className="skip-link" onClick={focusMain}>
        {t('shell.skip')}
      </button>
      <Boundary instead={narrow ? undefined : inSidebar}>
        <Sidebar key={clock} folded={folded} alone={narrow && route.at === 'home'} onSwitch={openBar} />
      </Boundary>
      <Content>
        <Boundary place={JSON.stringify(route)}>
          {route.at === 'home' && <Welcome />}
          {route.at === 'conversation' && <SideBySide panes={route.panes} look={clock} />}
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
          {route.at === 'reminders' && <Reminders />}
          {route.at === 'settings' && <Settings />}
          {route.at === 'welcome' && <Guide />}
        </Boundary>
      </Content>
      {/* The list and conversations have one of their own. */}
      {narrow && route.at !== 'home' && route.at !== 'conversation' && <LinkLine />}
      {(open === 'bar' || open === 'beside') && <CommandBar beside={open === 'beside'} onClose={() => setOpen(null)} />}
      {open === 'scene' && route.at === 'conversation' && <Scene id={route.id} onClose={() => setOpen(null)} />}
      <UnreadBadge />
      <Drawing />
      {open === 'sheet' && <ShortcutSheet onClose={() => setOpen(null)} />}
      <ActionDialogs />
      <Notice />
    </div>
  );
}

function Scene({ id, onClose }: { id: string; onClose: () => void }) {
  const conversation = useConversation(id);
  return conversation ? <SceneDialog conversation={conversation} onClose={onClose} /> : null;
}

/** Says when what was told is drawn: with it, for it is drawn too. */
function Drawing(): null {
  useDrawing();
  return null;
}

const inSidebar = (words: ReactNode) => <div className="sidebar">{words}</div>;

/** At the start the list is painted before what stands beside it is made. */
function Content({ children }: { children: ReactNode }) {
  const begun = useDeferredValue(true, false);
  return (
    <div className="content" id="main" tabIndex={-1}>
      {begun && children}
    </div>
  );
}

function focusMain(): void {
  document.getElementById('main')?.focus();
}
