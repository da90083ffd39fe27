import type { Message } from '../../lib/api/types';
import { sentence } from '../../lib/format';
import { link } from '../../lib/router';
import { Icon } from '../../ui/icons';

/** A message that is there and cannot be read (yet): said as it is, with what may help. */
export function Unreadable({ message, why }: { message: Message; why: string }) {
  return (
    <p className="unreadable">
      <Icon name="lock" size={14} />
      <span>
        <b>This message cannot be read yet.</b> {sentence(why)}
        {message.network === 'matrix' && (
          <>
            {' '}
            <a href={link.account(message.accountId)}>Enter the recovery key</a> in the account’s settings if you have
            it; the message then opens by itself.
          </>
        )}
      </span>
    </p>
  );
}
