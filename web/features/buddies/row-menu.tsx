'use client';
import { useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { BodyInput, Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { go, link } from '../../lib/router';
import { takeConversation } from '../../lib/sync/apply';
import { Icon } from '../../ui/icons';
import { MenuAt, MenuItem } from '../../ui/menu';
import { notify } from '../../ui/notice';
import { patchChat } from '../chat/patch-chat';
import { canOpenBeside, openBeside } from '../shell/panes';
import { isUnread } from './count';
import { MergeDialog } from './merge-dialog';
import { split } from './merging';
import { patchContact } from './patch-contact';
import type { RowMenuTarget } from './person-row';

type Props = { target: RowMenuTarget; at: { x: number; y: number }; onClose: () => void };

/** What can be done with a row of the list: by the right button, the menu key, or a long press. */
export function RowMenu({ target, at, onClose }: Props) {
  const [merging, setMerging] = useState(false);
  const { contact } = target;
  if (merging && contact) return <MergeDialog contact={contact} onClose={onClose} />;
  const run = (work: Promise<unknown>) => void work.catch((error: unknown) => notify(messageOf(error)));
  const name =
    target.is === 'chat'
      ? target.conversation.name
      : target.is === 'buddy'
        ? target.buddy.address
        : target.contact.name;
  return (
    <MenuAt label={t('person.actions-for', { name })} at={at} onClose={() => !merging && onClose()}>
      {target.is === 'chat' && <ChatItems conversation={target.conversation} run={run} />}
      {target.is === 'buddy' && (
        <MenuItem onSelect={() => run(split(target.contact, target.buddy))}>
          <Icon name="split" /> {t('person.split-off')}
        </MenuItem>
      )}
      {contact && target.is !== 'buddy' && (
        <>
          {target.is === 'person' && <BesideItem conversationId={contact.conversationId} />}
          <MenuItem onSelect={() => go(link.about(contact))}>
            <Icon name="person" /> {t('person.about', { name: contact.name })}
          </MenuItem>
          <MenuItem onSelect={() => run(patchContact(contact, { favourite: !contact.favourite }))}>
            <Icon name="star" /> {contact.favourite ? t('person.no-favourite') : t('person.favourite')}
          </MenuItem>
          <MenuItem keep onSelect={() => setMerging(true)}>
            <Icon name="merge" /> {t('person.merge-with')}
          </MenuItem>
        </>
      )}
    </MenuAt>
  );
}

function BesideItem({ conversationId }: { conversationId: string | null }) {
  if (!conversationId || !canOpenBeside()) return null;
  return (
    <MenuItem onSelect={() => openBeside(conversationId)}>
      <Icon name="beside" /> {t('shell.open-beside')}
    </MenuItem>
  );
}

function ChatItems({ conversation, run }: { conversation: Conversation; run: (work: Promise<unknown>) => void }) {
  const { id, pinned, archived, request } = conversation;
  const unread = isUnread(conversation);
  const last = conversation.lastMessage;
  const change = (body: BodyInput<'patchConversation'>) => void patchChat(id, body);
  if (request === 'pending')
    return (
      <>
        <MenuItem onSelect={() => run(call('acceptConversation', { params: { id } }).then(takeConversation))}>
          <Icon name="check" /> {t('person.accept')}
        </MenuItem>
        <MenuItem danger onSelect={() => run(call('declineConversation', { params: { id } }).then(takeConversation))}>
          <Icon name="close" /> {t('person.decline')}
        </MenuItem>
      </>
    );
  return (
    <>
      <BesideItem conversationId={id} />
      <MenuItem onSelect={() => change({ pinned: !pinned })}>
        <Icon name="pin" /> {pinned ? t('person.unpin') : t('person.pin')}
      </MenuItem>
      {unread && last && (
        <MenuItem onSelect={() => change({ readMessageId: last.id, markedUnread: false })}>
          <Icon name="check" /> {t('person.mark-read')}
        </MenuItem>
      )}
      {!unread && (
        <MenuItem onSelect={() => change({ markedUnread: true })}>
          <Icon name="eye" /> {t('person.mark-unread')}
        </MenuItem>
      )}
      <MenuItem onSelect={() => change({ archived: !archived })}>
        <Icon name="archive" /> {archived ? t('person.unarchive') : t('person.archive')}
      </MenuItem>
    </>
  );
}
