import type { DeadLetter } from '../../lib/api/types';
import { fullTime, ledgerTime, sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { DeliveryMark } from '../../ui/delivery-mark';
import { NetworkGlyph } from '../../ui/network-glyph';

type Props = { letter: DeadLetter; ticked: boolean; onTick: (on: boolean) => void; onReplay: () => void };

/** Whose it is, where it was to go, and why it did not. */
export function LetterRow({ letter, ticked, onTick, onReplay }: Props) {
  const { user, network, channel, accountName, target, status, reason, attempts, at } = letter;
  const about = t('admin.about', { user: user.name, target });
  return (
    <li className="letter">
      <input
        type="checkbox"
        aria-label={t('admin.choose-letter', { about })}
        checked={ticked}
        onChange={(event) => onTick(event.target.checked)}
      />
      <div className="letter-main">
        <p className="letter-head">
          <DeliveryMark status={status} />
          <NetworkGlyph network={network} channel={channel} quiet />
          <span className="letter-target">{target}</span>
          <time className="letter-at" dateTime={at} title={fullTime(at)}>
            {ledgerTime(at)}
          </time>
        </p>
        <p className="letter-reason">{sentence(reason)}</p>
        <p className="letter-about">
          {rich('admin.by-tries', {
            user: user.name,
            account: accountName,
            count: attempts,
            who: (words) => <span title={user.email}>{words}</span>,
          })}
        </p>
      </div>
      <button
        type="button"
        className="button button-small"
        aria-label={t('admin.send-again-letter', { about })}
        onClick={onReplay}
      >
        {t('admin.send-again')}
      </button>
    </li>
  );
}
