'use client';
import { call } from '../../lib/api/client';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { showMessage } from './jump';

/** Says that a message passes another on, and leads there. */
export function Forwarded({ of }: { of: string }) {
  const show = () =>
    call('getMessage', { params: { id: of } }).then(showMessage, () => notify(t('message.original-gone')));
  return (
    <button type="button" className="message-forwarded" onClick={() => void show()}>
      <Icon name="forward" size={12} /> {t('message.forwarded')}
    </button>
  );
}
