'use client';
import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { go, link, type Route } from '../../lib/router';
import { useConversation } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { compareChats, partOf } from '../buddies/chat-order';
import { isUnread } from '../buddies/count';
import { patchChat } from '../chat/patch-chat';
import { useCommand } from './registry';
import type { CommandId } from './shortcuts';

type Doors = { onBar: () => void; onSheet: () => void; onScene: () => void };

/** What can be done wherever one is. */
export function useShellCommands(route: Route, { onBar, onSheet, onScene }: Doors): void {
  const here = route.at === 'conversation' ? route.id : null;
  const step = (by: 1 | -1) => () => openBeside(here, by);
  const nextUnread = () => {
    const unread = inOrder().find((one) => isUnread(one) && one.id !== here);
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
}

function usePlace(id: CommandId, title: string, to: string): void {
  useCommand({ id, title, group: 'go', run: () => go(to) });
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
