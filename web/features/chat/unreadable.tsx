import type { Message } from '../../lib/api/types';
import { sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { link } from '../../lib/router';
import { Icon } from '../../ui/icons';

/** A message that is there and cannot be read (yet): said as it is, with what may help. */
export function Unreadable({ message, why }: { message: Message; why: string }) {
  return (
    <p className="unreadable">
      <Icon name="lock" size={14} />
      <span>
        <b>{t('timeline.unreadable')}</b> {sentence(why)}
        {message.network === 'matrix' && (
          <>
            {' '}
            {rich('timeline.recovery', {
              link: (words) => <a href={link.account(message.accountId)}>{words}</a>,
            })}
          </>
        )}
      </span>
    </p>
  );
}
