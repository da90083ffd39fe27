import type { PresenceState } from '../lib/api/types';
import { hueOf, initials } from '../lib/format';
import { Icon } from './icons';
import { PresenceDot } from './presence-dot';

type Props = {
  name: string;
  seed?: string;
  size?: number;
  presence?: PresenceState;
  channel?: boolean;
  quiet?: boolean;
};

/** Initials on a hue that belongs to the name; never an image from elsewhere. */
export function Avatar({ name, seed, size = 32, presence, channel, quiet }: Props) {
  return (
    <span className="avatar-box" style={{ width: size, height: size }}>
      <span
        className={channel ? 'avatar avatar-channel' : 'avatar'}
        aria-hidden="true"
        // Drawn by the style sheet: a picture, not words to be read or copied.
        data-initials={channel ? undefined : initials(name)}
        style={{ '--hue': hueOf(seed ?? name), fontSize: Math.round(size * 0.4) } as React.CSSProperties}
      >
        {channel && <Icon name="hash" size={Math.round(size / 2)} />}
      </span>
      {presence && presence !== 'unknown' && (
        <span className="avatar-presence">
          <PresenceDot state={presence} quiet={quiet} />
        </span>
      )}
    </span>
  );
}
