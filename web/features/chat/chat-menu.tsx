'use client';
import { useState } from 'react';
import type { BodyInput, Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { lazily } from '../../ui/lazily';
import { Menu, MenuItem } from '../../ui/menu';
import { isSnoozed } from '../attention/state';
import { runCommand, useCommand } from '../commands/registry';
import { closePane, useRoom } from '../shell/panes';
import { patchChat } from './patch-chat';

const LevelDialog = lazily(() => import('../attention/level-dialog').then((found) => found.LevelDialog));
const SnoozeDialog = lazily(() => import('../attention/time-dialogs').then((found) => found.SnoozeDialog));
const RemindDialog = lazily(() => import('../attention/time-dialogs').then((found) => found.RemindDialog));

type Asked = 'level' | 'snooze' | 'remind';

/** What can be done with a conversation as a whole. */
export function ChatMenu({ conversation }: { conversation: Conversation }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { most } = useRoom();
  const { id, pinned, archived, reminder } = conversation;
  const act = (body: BodyInput<'patchConversation'>, after?: () => void) => () => void patchChat(id, body).then(after);
  const close = () => setAsked(null);
  const group = 'conversation';
  useCommand({ id: 'snooze', title: t('chat.snooze'), group, run: () => setAsked('snooze') });
  useCommand({ id: 'remind', title: t('chat.remind'), group, run: () => setAsked('remind') });
  useCommand({ id: 'notifications', title: t('chat.notifications'), group, run: () => setAsked('level') });
  return (
    <>
      <Menu label={t('chat.actions')} title={t('chat.more')} trigger={<Icon name="more" />}>
        <MenuItem onSelect={act({ pinned: !pinned })}>
          <Icon name="pin" /> {pinned ? t('chat.unpin') : t('chat.pin')}
        </MenuItem>
        <MenuItem onSelect={act({ archived: !archived }, () => !archived && closePane(id))}>
          <Icon name="archive" /> {archived ? t('chat.unarchive') : t('chat.archive')}
        </MenuItem>
        <MenuItem
          onSelect={() => {
            closePane(id);
            void patchChat(id, { markedUnread: true });
          }}
        >
          <Icon name="chat" /> {t('chat.mark-unread')}
        </MenuItem>
        <hr className="menu-line" />
        {isSnoozed(conversation) ? (
          <MenuItem onSelect={act({ snoozedUntil: null })}>
            <Icon name="clock" /> {t('chat.unsnooze')}
          </MenuItem>
        ) : (
          <MenuItem onSelect={() => setAsked('snooze')}>
            <Icon name="clock" /> {t('chat.snooze')}
          </MenuItem>
        )}
        <MenuItem onSelect={() => setAsked('remind')}>
          <Icon name="bell" /> {reminder ? t('chat.change-reminder') : t('chat.remind')}
        </MenuItem>
        <MenuItem onSelect={() => setAsked('level')}>
          <Icon name="mute" /> {t('chat.notifications')}
        </MenuItem>
        <hr className="menu-line" />
        {most > 1 && (
          <MenuItem onSelect={() => runCommand('pane-beside')}>
            <Icon name="beside" /> {t('shell.beside')}
          </MenuItem>
        )}
        <MenuItem onSelect={() => runCommand('scene')}>
          <Icon name="settings" /> {t('shell.scene')}
        </MenuItem>
      </Menu>
      {asked === 'level' && <LevelDialog conversation={conversation} onClose={close} />}
      {asked === 'snooze' && <SnoozeDialog conversation={conversation} onClose={close} />}
      {asked === 'remind' && <RemindDialog about={{ is: 'conversation', conversation }} onClose={close} />}
    </>
  );
}
