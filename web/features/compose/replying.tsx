'use client';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { withoutFences } from '../media/fences';

export function Replying({ to, onDone }: { to: Message; onDone: () => void }) {
  return (
    <p className="replying">
      <Icon name="reply" size={14} />
      <span className="replying-text">
        <b>{to.sender.name}</b> {withoutFences(to.text)}
      </span>
      <button type="button" className="icon-button" aria-label={t('compose.no-reply')} onClick={onDone}>
        <Icon name="close" size={14} />
      </button>
    </p>
  );
}
