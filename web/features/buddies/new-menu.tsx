'use client';
import { useState } from 'react';
import { t } from '../../lib/i18n';
import { go, link } from '../../lib/router';
import { Icon } from '../../ui/icons';
import { lazily } from '../../ui/lazily';
import { Menu, MenuItem } from '../../ui/menu';

const NewChat = lazily(() => import('./new-chat').then((found) => found.NewChat));
const NewContact = lazily(() => import('./new-contact').then((found) => found.NewContact));

export function NewMenu() {
  const [dialog, setDialog] = useState<'chat' | 'contact' | null>(null);
  return (
    <>
      <Menu label={t('buddies.new')} trigger={<Icon name="plus" />} title={t('buddies.new')}>
        <MenuItem onSelect={() => setDialog('chat')}>
          <Icon name="chat" /> {t('buddies.new-chat')}
        </MenuItem>
        <MenuItem onSelect={() => setDialog('contact')}>
          <Icon name="person" /> {t('buddies.new-contact')}
        </MenuItem>
        <MenuItem onSelect={() => go(link.newGroup)}>
          <Icon name="people" /> {t('buddies.new-group')}
        </MenuItem>
        <MenuItem onSelect={() => go(link.broadcasts)}>
          <Icon name="send" /> {t('buddies.broadcasts')}
        </MenuItem>
        <MenuItem onSelect={() => go(link.scheduled)}>
          <Icon name="clock" /> {t('buddies.scheduled')}
        </MenuItem>
        <MenuItem onSelect={() => go(link.reminders)}>
          <Icon name="bell" /> {t('chat.reminders')}
        </MenuItem>
        <MenuItem onSelect={() => go(link.starred)}>
          <Icon name="star" /> {t('message.starred-page')}
        </MenuItem>
        <hr className="menu-line" />
        <MenuItem onSelect={() => go(link.add())}>
          <Icon name="networks" /> {t('buddies.add-a-network')}
        </MenuItem>
      </Menu>
      {dialog === 'chat' && <NewChat onClose={() => setDialog(null)} />}
      {dialog === 'contact' && <NewContact onClose={() => setDialog(null)} />}
    </>
  );
}
