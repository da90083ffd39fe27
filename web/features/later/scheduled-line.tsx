'use client';
import type { Message } from '../../lib/api/types';
import { clock, dayName, fullTime } from '../../lib/format';
import { link } from '../../lib/router';
import { useConversation } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { NetworkGlyph } from '../../ui/network-glyph';
import { useNow } from '../../ui/use-now';

type Props = {
  message: Message;
  busy: boolean;
  onSendNow: () => void;
  onChange: () => void;
  onCancel: () => void;
};

/** To whom, what and when; the conversation is where it leads. */
export function ScheduledLine({ message, busy, onSendNow, onChange, onCancel }: Props) {
  const conversation = useConversation(message.conversationId);
  const now = useNow(20_000);
  const name = conversation?.name ?? 'A conversation';
  const networks = [...new Set((message.deliveries ?? []).map(({ network }) => network))];
  const waits = Date.parse(message.sentAt) - now;
  const soon = waits < 3_600_000;
  return (
    <li className="line scheduled">
      <a className="scheduled-text" href={link.ledger(message.conversationId, message.id)}>
        <span className="scheduled-head">
          <span className="line-main">{name}</span>
          {networks.map((network) => (
            <NetworkGlyph key={network} network={network} />
          ))}
        </span>
        <span className="scheduled-words">{message.text || filesOf(message)}</span>
        <time className="line-sub" dateTime={message.sentAt} title={fullTime(message.sentAt)}>
          {dayName(message.sentAt)}, {clock(message.sentAt)}
          {soon && ` · in ${Math.max(1, Math.round(waits / 60_000))} min`}
        </time>
      </a>
      <Menu label={`Actions for the message to ${name}`} title="Actions" trigger={<Icon name="more" />}>
        <MenuItem onSelect={() => busy || onSendNow()}>
          <Icon name="send" /> Send now
        </MenuItem>
        <MenuItem onSelect={onChange}>
          <Icon name="edit" /> Change text or time
        </MenuItem>
        <MenuItem danger onSelect={onCancel}>
          <Icon name="trash" /> Do not send
        </MenuItem>
      </Menu>
    </li>
  );
}

const filesOf = ({ attachments }: Message): string => attachments.map(({ name }) => name).join(', ');
