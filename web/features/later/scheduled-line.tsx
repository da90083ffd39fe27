'use client';
import type { Message } from '../../lib/api/types';
import { clock, dayName, fullTime } from '../../lib/format';
import { t } from '../../lib/i18n';
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
  const name = conversation?.name ?? t('later.a-conversation');
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
          {t('later.when', { day: dayName(message.sentAt), time: clock(message.sentAt) })}
          {soon && ` · ${t('later.in-minutes', { minutes: Math.max(1, Math.round(waits / 60_000)) })}`}
        </time>
      </a>
      <Menu label={t('later.actions-for', { name })} title={t('later.actions')} trigger={<Icon name="more" />}>
        <MenuItem onSelect={() => busy || onSendNow()}>
          <Icon name="send" /> {t('later.send-now')}
        </MenuItem>
        <MenuItem onSelect={onChange}>
          <Icon name="edit" /> {t('later.change-it')}
        </MenuItem>
        <MenuItem danger onSelect={onCancel}>
          <Icon name="trash" /> {t('later.do-not-send')}
        </MenuItem>
      </Menu>
    </li>
  );
}

const filesOf = ({ attachments }: Message): string => attachments.map(({ name }) => name).join(', ');
