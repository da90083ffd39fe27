'use client';
import { memo } from 'react';
import type { Conversation, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { go, link } from '../../lib/router';
import { store } from '../../lib/sync/store';
import { useCommand } from '../commands/registry';
import { ask } from './action-dialogs';
import { beginEdit } from './editing';
import { type Can, canDo, capabilitiesOf, copyText, mark, threadOf } from './message-verbs';
import { pointedAt } from './pointed';
import { setSelected } from './selection';
import { isSteady } from './steady';

const group = 'message' as const;

/** What the keyboard does with the message that had the focus last, or else with the newest one. */
export const MessageCommands = memo(
  RegisteredCommands,
  (a, b) => isSteady(a.conversation, b.conversation) && a.onReply === b.onReply,
);

function RegisteredCommands({ conversation, onReply }: Props): null {
  const { id } = conversation;
  const on = (what: keyof Can | 'any', run: (message: Message) => void) => () => {
    const message = targetIn(id);
    if (message && (what === 'any' || canDo(message, capabilitiesOf(conversation, message))[what])) run(message);
  };
  useCommand({ id: 'reply', title: t('message.reply'), group, run: on('mark', onReply) });
  useCommand({
    id: 'thread',
    title: t('message.thread'),
    group,
    run: on('thread', (message) => go(threadOf(message))),
  });
  useCommand({ id: 'copy', title: t('message.copy'), group, run: on('copy', (message) => void copyText([message])) });
  useCommand({
    id: 'forward',
    title: t('message.forward'),
    group,
    run: on('forward', (message) => ask({ is: 'forward', messages: [message] })),
  });
  useCommand({
    id: 'star',
    title: t('message.star'),
    group,
    run: on('mark', (message) => void mark([message], { starred: !message.starred })),
  });
  useCommand({
    id: 'pin-message',
    title: t('message.pin'),
    group,
    run: on('mark', (message) => void mark([message], { pinned: !message.pinned })),
  });
  useCommand({
    id: 'select',
    title: t('message.select'),
    group,
    run: on('mark', (message) => setSelected(id, message.id, true)),
  });
  useCommand({ id: 'edit', title: t('message.edit'), group, run: on('edit', (message) => beginEdit(message.id)) });
  useCommand({
    id: 'delivery',
    title: t('message.delivery'),
    group,
    run: on('any', (message) => message.direction === 'out' && go(link.ledger(id, message.id))),
  });
  useCommand({
    id: 'delete',
    title: t('message.delete'),
    group,
    run: on('remove', (message) => ask({ is: 'remove', messages: [message] })),
  });
  useCommand({
    id: 'pins',
    title: t('message.pinned-label'),
    group,
    when: conversation.pins > 0,
    run: () => go(link.pins(id)),
  });
  return null;
}

type Props = { conversation: Conversation; onReply: (message: Message) => void };

function targetIn(conversationId: string): Message | undefined {
  const items = store.timelines.get(conversationId)?.items ?? [];
  const pointed = pointedAt();
  return items.find((one) => one.id === pointed) ?? items.at(-1);
}
