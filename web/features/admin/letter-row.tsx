import type { DeadLetter } from '../../lib/api/types';
import { fullTime, ledgerTime, sentence } from '../../lib/format';
import { DeliveryMark } from '../../ui/delivery-mark';
import { NetworkGlyph } from '../../ui/network-glyph';

type Props = { letter: DeadLetter; ticked: boolean; onTick: (on: boolean) => void; onReplay: () => void };

/** Whose it is, where it was to go, and why it did not. */
export function LetterRow({ letter, ticked, onTick, onReplay }: Props) {
  const { user, network, channel, accountName, target, status, reason, attempts, at } = letter;
  const about = `${user.name} to ${target}`;
  return (
    <li className="letter">
      <input
        type="checkbox"
        aria-label={`Choose the message of ${about}`}
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
          <span title={user.email}>{user.name}</span> by {accountName} · {attempts} {attempts === 1 ? 'try' : 'tries'}
        </p>
      </div>
      <button type="button" className="button button-small" aria-label={`Send again: ${about}`} onClick={onReplay}>
        Send again
      </button>
    </li>
  );
}
