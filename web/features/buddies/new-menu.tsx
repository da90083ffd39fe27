'use client';
import { useState } from 'react';
import { go, link } from '../../lib/router';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { NewChat } from './new-chat';
import { NewContact } from './new-contact';

export function NewMenu() {
  const [dialog, setDialog] = useState<'chat' | 'contact' | null>(null);
  return (
    <>
      <Menu label="New" trigger={<Icon name="plus" />} title="New">
        <MenuItem onSelect={() => setDialog('chat')}>
          <Icon name="chat" /> New chat
        </MenuItem>
        <MenuItem onSelect={() => setDialog('contact')}>
          <Icon name="person" /> New contact
        </MenuItem>
        <MenuItem onSelect={() => go(link.newGroup)}>
          <Icon name="people" /> New group
        </MenuItem>
        <MenuItem onSelect={() => go(link.broadcasts)}>
          <Icon name="send" /> Broadcasts
        </MenuItem>
        <MenuItem onSelect={() => go(link.scheduled)}>
          <Icon name="clock" /> Scheduled
        </MenuItem>
        <hr className="menu-line" />
        <MenuItem onSelect={() => go(link.add())}>
          <Icon name="networks" /> Add a network
        </MenuItem>
      </Menu>
      {dialog === 'chat' && <NewChat onClose={() => setDialog(null)} />}
      {dialog === 'contact' && <NewContact onClose={() => setDialog(null)} />}
    </>
  );
}
