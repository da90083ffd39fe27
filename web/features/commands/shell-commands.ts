'use client';
import type { Conversation } from '../../lib/api/types';
import { compareChats, partOf } from '../../lib/chat-order';
import { t } from '../../lib/i18n';
import { go, link, type Route } from '../../lib/router';
import { useConversation } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { isUnread } from '../buddies/count';
import { patchChat } from '../chat/patch-chat';
import { closePane, isShown, shownFrame, shownPanes, stepPane, toggleFold, useRoom } from '../shell/panes';
import { useCommand } from './registry';
import type { CommandId } from './shortcuts';

type Doors = { onBar: () => void; onBeside: () => void; onSheet: () => void; onScene: () => void };

/** What can be done wherever one is. */
export function useShellCommands(route: Route, { onBar, onBeside, onSheet, onScene }: Doors): void {
  const here = route.at === 'conversation' ? route.id : null;
  const step = (by: 1 | -1) => () => openNeighbour(here, by);
  const nextUnread = () => {
    const unread = inOrder().find((one) => isUnread(one) && !isShown(one.id));
    if (unread) go(link.conversation(unread.id));
  };
  useCommand({ id: 'bar', title: t('shell.bar'), group: 'go', run: onBar });
  useCommand({ id: 'sheet', title: t('shell.sheet'), group: 'go', run: onSheet });
  useCommand({ id: 'next', title: t('shell.next'), group: 'go', run: step(1) });
  useCommand({ id: 'previous', title: t('shell.previous'), group: 'go', run: step(-1) });
  useCommand({ id: 'next-unread', title: t('shell.next-unread'), group: 'go', run: nextUnread });
  useCommand({ id: 'list', title: t('shell.to-list'), group: 'go', run: toList });
  useCommand({ id: 'write', title: t('shell.to-box'), group: 'go', when: here !== null, run: toBox });
  usePlace('networks', t('shell.networks'), link.networks);
  usePlace('add', t('shell.add-network'), link.add());
  usePlace('new-group', t('shell.new-group'), link.newGroup);
  usePlace('broadcasts', t('shell.broadcasts'), link.broadcasts);
  usePlace('scheduled', t('shell.scheduled'), link.scheduled);
  usePlace('reminders', t('chat.reminders'), link.reminders);
  usePlace('settings', t('shell.settings'), link.settings);
  usePlace('guide', t('shell.guide'), link.welcome);
  useCommand({ id: 'scene', title: t('shell.scene'), group: 'view', when: here !== null, run: onScene });
  useConversationCommands(here);
  usePaneCommands(here, onBeside);
}

function usePlace(id: CommandId, title: string, to: string): void {
  useCommand({ id, title, group: 'go', run: () => go(to) });
}

/** Conversations side by side. */
function usePaneCommands(here: string | null, onBeside: () => void): void {
  const { folded, most } = useRoom();
  const several = here !== null && shownPanes().length > 1;
  const group = 'view';
  useCommand({ id: 'pane-beside', title: t('shell.beside'), group, when: here !== null && most > 1, run: onBeside });
  useCommand({ id: 'pane-next', title: t('shell.pane-next'), group, when: several, run: () => stepPane(1) });
  useCommand({ id: 'pane-previous', title: t('shell.pane-previous'), group, when: several, run: () => stepPane(-1) });
  const close = () => here !== null && closePane(here);
  useCommand({ id: 'pane-close', title: t('shell.close'), group, when: several, run: close });
  const fold = folded ? t('shell.unfold') : t('shell.fold');
  useCommand({ id: 'fold-list', title: fold, group, when: most > 1, run: toggleFold });
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
    when,
    run: () => conversation && go(link.conversationPerson(conversation.id)),
  });
  useCommand({
    id: 'pin',
    title: pinned ? t('shell.unpin') : t('shell.pin'),
    group,
    when,
    run: patch({ pinned: !pinned }),
  });
  useCommand({
    id: 'archive',
    title: archived ? t('shell.unarchive') : t('shell.archive'),
    group,
    when,
    run: patch({ archived: !archived }),
  });
  useCommand({ id: 'mark-unread', title: t('shell.mark-unread'), group, when, run: patch({ markedUnread: true }) });
}

/** What stands open in the list, as it stands there. */
function inOrder(): Conversation[] {
  const now = Date.now();
  return [...store.conversations.values()].filter((one) => partOf(one, now) === 'open').sort(compareChats);
}

/** Those that stand open beside this one are passed over. */
function openNeighbour(here: string | null, by: 1 | -1): void {
  const order = inOrder().filter((one) => one.id === here || !isShown(one.id));
  const at = order.findIndex((one) => one.id === here);
  const to = order[at < 0 ? 0 : at + by];
  if (to) go(link.conversation(to.id));
}

function toList(): void {
  document.querySelector<HTMLElement>('.sidebar-list [data-roving][tabindex="0"]')?.focus();
}

function toBox(): void {
  document.querySelector<HTMLElement>(`${shownFrame}[data-focused] .composer textarea`)?.focus();
}
