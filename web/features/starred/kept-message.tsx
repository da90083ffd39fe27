'use client';
import type { ReactNode } from 'react';
import type { Message } from '../../lib/api/types';
import { fullTime, listTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { NetworkGlyph } from '../../ui/network-glyph';
import { showMessage } from '../chat/jump';

type Props = { message: Message; place?: string; children: ReactNode };

/** A message away from its conversation: pressed, it is shown there. */
export function KeptMessage({ message, place, children }: Props) {
  const name = message.direction === 'out' ? t('message.you') : message.sender.name;
  return (
    <li className="line kept">
      <button type="button" className="kept-text" onClick={() => showMessage(message)}>
        <span className="kept-head">
          <NetworkGlyph network={message.network} size={13} />
          <span className="kept-name">
            <bdi>{name}</bdi>
            {place && place !== name && (
              <span className="kept-place">
                {' · '}
                <bdi>{place}</bdi>
              </span>
            )}
          </span>
          <time className="kept-at" dateTime={message.sentAt} title={fullTime(message.sentAt)}>
            {listTime(message.sentAt)}
          </time>
        </span>
        {message.text.trim() && (
          <span className="scheduled-words" dir="auto">
            {message.text}
          </span>
        )}
        {message.attachments.length > 0 && (
          <span className="kept-files">
            <Icon name="attach" size={12} /> {message.attachments.map((file) => file.name).join(', ')}
          </span>
        )}
      </button>
      {children}
    </li>
  );
}
