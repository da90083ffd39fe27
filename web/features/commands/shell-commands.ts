'use client';
import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { go, link, type Route } from '../../lib/router';
import { useConversation } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { patchChat } from '../chat/patch-chat';
import { useCommand } from './registry';

type Doors = { onBar: () => void; onSheet: () => void; onScene: () => void };

/** What can be done wherever one is. */
export function useShellCommands(route: Route, { onBar, onSheet, onScene }: Doors): void {
  const here = route.at === 'conversation' ? route.id : null;
  const step = (by: 1 | -1) => () => openBeside(here, by);
  const nextUnread = () => {
    const unread = inOrder().find((one) => one.unread > 0 && one.id !== here);
    if (unread) go(link.conversation(unread.id));
  };
  useCommand({ id: 'bar', title: t('shell.bar'), group: 'go', shortcut: 'mod+k', letters: '/', run: onBar });
  useCommand({ id: 'sheet', title: t('shell.sheet'), group: 'go', shortcut: 'mod+/', letters: '?', run: onSheet });
  useCommand({
    id: 'next',
    title: t('shell.next'),
    group: 'go',
    shortcut: 'alt+arrowdown',
    letters: 'j',
    run: step(1),
  });
  useCommand({
    id: 'previous',
    title: t('shell.previous'),
    group: 'go',
    shortcut: 'alt+arrowup',
    letters: 'k',
    run: step(-1),
  });
  useCommand({
    id: 'next-unread',
    title: t('shell.next-unread'),
    group: 'go',
    shortcut: 'alt+shift+arrowdown',
    letters: 'n',
    run: nextUnread,
  });
  useCommand({ id: 'list', title: t('shell.to-list'), group: 'go', shortcut: 'alt+l', letters: 'g l', run: toList });
  useCommand({
    id: 'write',
    title: t('shell.to-box'),
    group: 'go',
    shortcut: 'alt+w',
    letters: 'i',
    when: here !== null,
    run: toBox,
  });
  usePlace('networks', t('shell.networks'), link.networks, 'alt+n', 'g n');
  usePlace('add', t('shell.add-network'), link.add(), 'alt+shift+n', 'g a');
  usePlace('new-group', t('shell.new-group'), link.newGroup, 'alt+shift+g', 'g g');
  usePlace('broadcasts', t('shell.broadcasts'), link.broadcasts, 'alt+b', 'g b');
  usePlace('scheduled', t('shell.scheduled'), link.scheduled, 'alt+d', 'g d');
  usePlace('reminders', t('chat.reminders'), link.reminders, 'alt+shift+r', 'g r');
  usePlace('settings', t('shell.settings'), link.settings, 'mod+,', 'g s');
  useCommand({
    id: 'scene',
    title: t('shell.scene'),
    group: 'view',
    shortcut: 'alt+v',
    letters: 'v',
    when: here !== null,
    run: onScene,
  });
  useConversationCommands(here);
}

function usePlace(id: string, title: string, to: string, shortcut: string, letters: string): void {
  useCommand({ id, title, group: 'go', shortcut, letters, run: () => go(to) });
}

/** The open conversation's own. */
function useConversationCommands(id: string | null): void {
  const conversation = useConversation(id ?? '');
  const { pinned = false, archived = false } = conversation ?? {};
  const when = conversation !== undefined;
  const group = 'conversation';
  const patch = (body: Parameters<typeof patchChat>[1]) => () =>
    void (conversation && patchChat(conversation.id, body));
  useCommand({
    id: 'about',
    title: t('shell.about'),
    group,
    shortcut: 'alt+i',
    letters: 'o',
    when,
    run: () => conversation && go(link.conversationPerson(conversation.id)),
  });
  useCommand({
    id: 'pin',
    title: pinned ? t('shell.unpin') : t('shell.pin'),
    group,
    shortcut: 'alt+p',
    letters: 'p',
    when,
    run: patch({ pinned: !pinned }),
  });
  useCommand({
    id: 'archive',
    title: archived ? t('shell.unarchive') : t('shell.archive'),
    group,
    shortcut: 'alt+a',
    letters: 'e',
    when,
    run: patch({ archived: !archived }),
  });
  useCommand({
    id: 'mark-unread',
    title: t('shell.mark-unread'),
    group,
    shortcut: 'alt+u',
    letters: 'u',
    when,
    run: patch({ markedUnread: true }),
  });
}

/** As in the list: pinned ones first, then the last active one. */
const inOrder = (): Conversation[] =>
  [...store.conversations.values()]
    .filter((one) => !one.archived && one.request === 'none')
    .sort((a, b) => Number(b.pinned) - Number(a.pinned) || (a.lastActiveAt < b.lastActiveAt ? 1 : -1));

function openBeside(here: string | null, by: 1 | -1): void {
  const order = inOrder();
  const at = order.findIndex((one) => one.id === here);
  const to = order[at < 0 ? 0 : at + by];
  if (to) go(link.conversation(to.id));
}

function toList(): void {
  document.querySelector<HTMLElement>('.sidebar-list [data-roving][tabindex="0"]')?.focus();
}

function toBox(): void {
  document.querySelector<HTMLElement>('.composer textarea, .composer [contenteditable="true"]')?.focus();
}
