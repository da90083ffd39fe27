'use client';
import { retryStart } from '../../lib/sync/session';
import { Frame } from './frame';

export function Unreachable() {
  return (
    <Frame title="The server does not answer" lead="Parley tries again every few seconds; nothing is lost meanwhile.">
      <button type="button" className="button" onClick={retryStart}>
        Try now
      </button>
    </Frame>
  );
}
