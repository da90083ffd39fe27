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
        {(close) => (
          <>
            <MenuItem
              onSelect={() => {
                close();
                setDialog('chat');
              }}
            >
              <Icon name="chat" /> New chat
            </MenuItem>
            <MenuItem
              onSelect={() => {
                close();
                setDialog('contact');
              }}
            >
              <Icon name="person" /> New contact
            </MenuItem>
            <MenuItem
              onSelect={() => {
                close();
                go(link.newGroup);
              }}
            >
              <Icon name="people" /> New group
            </MenuItem>
            <MenuItem
              onSelect={() => {
                close();
                go(link.broadcasts);
              }}
            >
              <Icon name="send" /> Broadcasts
            </MenuItem>
            <MenuItem
              onSelect={() => {
                close();
                go(link.scheduled);
              }}
            >
              <Icon name="clock" /> Scheduled
            </MenuItem>
            <hr className="menu-line" />
            <MenuItem
              onSelect={() => {
                close();
                go(link.add());
              }}
            >
              <Icon name="networks" /> Add a network
            </MenuItem>
          </>
        )}
      </Menu>
      {dialog === 'chat' && <NewChat onClose={() => setDialog(null)} />}
      {dialog === 'contact' && <NewContact onClose={() => setDialog(null)} />}
    </>
  );
}
