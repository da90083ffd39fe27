'use client';
import { useSession } from '../../lib/sync/hooks';
import { retryStart } from '../../lib/sync/session';
import { Frame } from './frame';

/** Nothing to paint from and nobody to ask. */
export function Unreachable() {
  const session = useSession();
  return (
    <Frame title="The server does not answer" lead="Parley tries again every few seconds; nothing is lost meanwhile.">
      {session.is === 'unreachable' && (
        <p className="gate-why" role="status">
          {session.why}
        </p>
      )}
      <button type="button" className="button" onClick={retryStart}>
        Try now
      </button>
    </Frame>
  );
}
