'use client';
import { useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Capabilities, Message } from '../../lib/api/types';
import { link } from '../../lib/router';
import { applyChange } from '../../lib/sync/apply';
import { Confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { notify } from '../../ui/notice';
import { ReactMenu } from './reactions';

type Props = {
  message: Message;
  can: Capabilities | undefined;
  onReply: (message: Message) => void;
  onEdit: () => void;
};

/** Takes a message back, or stops what of it has not been sent. */
export async function removeMessage(message: Message): Promise<void> {
  const value = await call('deleteMessage', { params: { id: message.id } });
  applyChange({ kind: 'message', id: value.id, rev: value.rev, value });
}

/** Seen while the pointer or the focus is on the message. */
export function MessageActions({ message, can, onReply, onEdit }: Props) {
  const [removing, setRemoving] = useState(false);
  if (message.deletedAt || message.format === 'system') return null;
  const own = message.direction === 'out';
  const waits = own && (message.status === 'queued' || message.status === 'sending');
  const copy = () =>
    navigator.clipboard.writeText(message.text).then(
      () => notify('Copied.'),
      () => notify('The browser did not allow copying.'),
    );
  return (
    <>
      <div className="message-actions">
        {can?.reactions && <ReactMenu message={message} />}
        <button type="button" className="icon-button" aria-label="Reply" title="Reply" onClick={() => onReply(message)}>
          <Icon name="reply" />
        </button>
        <Menu label="More actions" title="More" trigger={<Icon name="more" />}>
          <MenuItem onSelect={() => void copy()}>
            <Icon name="copy" /> Copy text
          </MenuItem>
          {own && can?.edits && (
            <MenuItem onSelect={onEdit}>
              <Icon name="edit" /> Edit
            </MenuItem>
          )}
          {own && (
            <MenuItem
              onSelect={() => {
                location.hash = link.ledger(message.conversationId, message.id).slice(1);
              }}
            >
              <Icon name="clock" /> Delivery
            </MenuItem>
          )}
          {own && (can?.deletions || waits) && (
            <MenuItem danger onSelect={() => setRemoving(true)}>
              <Icon name="trash" /> {waits ? 'Cancel sending' : 'Delete'}
            </MenuItem>
          )}
        </Menu>
      </div>
      {removing && <RemoveConfirm message={message} waits={waits} onClose={() => setRemoving(false)} />}
    </>
  );
}

function RemoveConfirm({ message, waits, onClose }: { message: Message; waits: boolean; onClose: () => void }) {
  return (
    <Confirm
      title={waits ? 'Cancel this message?' : 'Delete this message?'}
      action={waits ? 'Cancel sending' : 'Delete'}
      danger
      work={() => removeMessage(message)}
      onClose={onClose}
    >
      <p>
        {waits
          ? 'What has not left yet stays here. What already has cannot be stopped.'
          : 'The network is asked to delete it for everyone. Others may have read or kept it.'}
      </p>
    </Confirm>
  );
}

/** Tries every delivery of a message again that came to nothing. */
export async function retryMessage(message: Message): Promise<void> {
  const stuck = (message.deliveries ?? []).filter(({ status }) => status === 'failed' || status === 'unknown');
  try {
    for (const { id } of stuck) {
      const value = await call('retryDelivery', { params: { id } });
      applyChange({ kind: 'delivery', id: value.id, rev: value.rev, value });
    }
  } catch (error) {
    notify(messageOf(error));
  }
}
