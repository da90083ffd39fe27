'use client';
import type { Capabilities, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { go, link } from '../../lib/router';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { ask } from './action-dialogs';
import { beginEdit } from './editing';
import { canDo, copyText, mark, threadOf, waits } from './message-verbs';
import { ReactMenu } from './reactions';
import { setSelected } from './selection';

type Props = {
  message: Message;
  can: Capabilities | undefined;
  onReply: (message: Message) => void;
};

/** Seen while the pointer or the focus is on the message. */
export function MessageActions({ message, can, onReply }: Props) {
  const may = canDo(message, can);
  if (!may.mark) return null;
  const { id, conversationId, starred = false, pinned = false } = message;
  const own = message.direction === 'out';
  return (
    <div className="message-actions">
      {may.react && <ReactMenu message={message} />}
      <button
        type="button"
        className="icon-button"
        aria-label={t('message.reply')}
        title={t('message.reply')}
        onClick={() => onReply(message)}
      >
        <Icon name="reply" />
      </button>
      <Menu label={t('message.more-actions')} title={t('message.more')} trigger={<Icon name="more" />}>
        {may.thread && (
          <MenuItem onSelect={() => go(threadOf(message))}>
            <Icon name="thread" /> {t('message.thread')}
          </MenuItem>
        )}
        {may.copy && (
          <MenuItem onSelect={() => void copyText([message])}>
            <Icon name="copy" /> {t('message.copy')}
          </MenuItem>
        )}
        {may.forward && (
          <MenuItem onSelect={() => ask({ is: 'forward', messages: [message] })}>
            <Icon name="forward" /> {t('message.forward')}
          </MenuItem>
        )}
        <MenuItem onSelect={() => void mark([message], { starred: !starred })}>
          <Icon name="star" /> {starred ? t('message.unstar') : t('message.star')}
        </MenuItem>
        <MenuItem onSelect={() => void mark([message], { pinned: !pinned })}>
          <Icon name="pin" /> {pinned ? t('message.unpin') : t('message.pin')}
        </MenuItem>
        <MenuItem onSelect={() => ask({ is: 'remind', message })}>
          <Icon name="bell" /> {message.reminder ? t('chat.change-reminder') : t('chat.remind')}
        </MenuItem>
        <MenuItem onSelect={() => setSelected(conversationId, id, true)}>
          <Icon name="check" /> {t('message.select')}
        </MenuItem>
        {may.edit && (
          <MenuItem onSelect={() => beginEdit(id)}>
            <Icon name="edit" /> {t('message.edit')}
          </MenuItem>
        )}
        {message.edits !== undefined && (
          <MenuItem onSelect={() => ask({ is: 'edits', message })}>
            <Icon name="text" /> {t('message.earlier')}
          </MenuItem>
        )}
        {own && (
          <MenuItem onSelect={() => go(link.ledger(conversationId, id))}>
            <Icon name="clock" /> {t('message.delivery')}
          </MenuItem>
        )}
        {may.remove && (
          <MenuItem danger onSelect={() => ask({ is: 'remove', messages: [message] })}>
            <Icon name="trash" /> {waits(message) ? t('message.cancel-sending') : t('message.delete')}
          </MenuItem>
        )}
      </Menu>
    </div>
  );
}
