'use client';
import { useState } from 'react';
import type { PresenceState } from '../lib/api/types';
import { hueOf, initials } from '../lib/format';
import { Icon, type IconName } from './icons';
import { PresenceDot } from './presence-dot';

type Props = {
  name: string;
  seed?: string;
  /** Where this server keeps their picture. */
  url?: string;
  size?: number;
  presence?: PresenceState;
  /** In the place of initials, for what is no person. */
  mark?: IconName;
  quiet?: boolean;
};

/** A picture this server has, else initials on a hue that belongs to the name; never an image from elsewhere. */
export function Avatar({ name, seed, url, size = 32, presence, mark, quiet }: Props) {
  return (
    <span className="avatar-box" style={{ width: size, height: size }}>
      <span
        className={mark ? 'avatar avatar-mark' : 'avatar'}
        aria-hidden="true"
        // Drawn by the style sheet: a picture, not words to be read or copied.
        data-initials={mark ? undefined : initials(name)}
        style={{ '--hue': hueOf(seed ?? name), fontSize: Math.round(size * 0.4) } as React.CSSProperties}
      >
        {mark && <Icon name={mark} size={Math.round(size / 2)} />}
      </span>
      {url?.startsWith('/') && !mark && <Picture key={url} url={url} />}
      {presence && presence !== 'unknown' && (
        <span className="avatar-presence">
          <PresenceDot state={presence} quiet={quiet} />
        </span>
      )}
    </span>
  );
}

/** Lies over the initials, which stay where it cannot be drawn. */
function Picture({ url }: { url: string }) {
  const [broken, setBroken] = useState(false);
  if (broken) return null;
  return (
    <img className="avatar-image" src={url} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />
  );
}
