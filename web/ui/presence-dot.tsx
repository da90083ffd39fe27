import type { PresenceState } from '../lib/api/types';
import { t } from '../lib/i18n';

export const presenceText = (state: PresenceState): string => t(`common.presence-${state}`);

/** Shapes first, colour second: disc, half moon, barred disc, ring, small dot. */
export function PresenceDot({ state, size = 10, quiet }: { state: PresenceState; size?: number; quiet?: boolean }) {
  const shape = (
    <svg className={`presence presence-${state}`} width={size} height={size} viewBox="0 0 10 10" aria-hidden="true">
      {state === 'online' && <circle cx="5" cy="5" r="4.500" />}
      {state === 'away' && <path d="M6.200.7A4.500 4.500 0 1 0 9.400 6 3.600 3.600 0 0 1 6.200.7Z" />}
      {state === 'dnd' && (
        <>
          <circle cx="5" cy="5" r="4.500" />
          <path className="presence-bar" d="M2.600 5h4.800" />
        </>
      )}
      {state === 'offline' && <circle className="presence-ring" cx="5" cy="5" r="3.800" />}
      {state === 'unknown' && <circle cx="5" cy="5" r="1.500" />}
    </svg>
  );
  if (quiet) return shape;
  const said = presenceText(state);
  return (
    <span className="presence-mark" role="img" aria-label={said} title={said}>
      {shape}
    </span>
  );
}
