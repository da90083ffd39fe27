'use client';
import { useEffect, useRef, useState } from 'react';
import { duration } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { type Recorded, type Recording, record } from './recording';

type Props = {
  /** `send`: it is to go at once; else it is kept beside the words. */
  onDone: (recorded: Recorded, send: boolean) => void;
  onCancel: () => void;
};

const longestMs = 10 * 60_000;
const shownLevels = 48;

/** Records a voice message: shows that it hears, and goes at a word. */
export function VoiceBar({ onDone, onCancel }: Props) {
  const recording = useRef<Recording | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [since, setSince] = useState<number | null>(null);
  const [now, setNow] = useState(0);
  const [levels, setLevels] = useState<number[]>([]);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew with each turn
  useEffect(() => {
    let live = true;
    setTrouble(null);
    record().then(
      (begun) => {
        if (!live) return begun.cancel();
        recording.current = begun;
        setSince(performance.now());
        setNow(performance.now());
      },
      (error: unknown) => live && setTrouble(troubleOf(error)),
    );
    return () => {
      live = false;
      recording.current?.cancel();
      recording.current = null;
    };
  }, [turn]);
  useEffect(() => {
    if (since === null) return;
    const timer = setInterval(() => {
      setNow(performance.now());
      setLevels((all) => [...all, Math.round((recording.current?.level() ?? 0) * 100)].slice(-shownLevels));
    }, 100);
    return () => clearInterval(timer);
  }, [since]);
  const finish = async (send: boolean) => {
    const ended = recording.current;
    recording.current = null;
    if (ended) onDone(await ended.stop(), send);
  };
  const elapsed = since === null ? 0 : now - since;
  const over = elapsed >= longestMs;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when its time is over
  useEffect(() => {
    if (over) void finish(false);
  }, [over]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc anywhere within it cancels
    <div
      className="voice-bar"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onCancel();
      }}
    >
      <button type="button" className="icon-button" aria-label={t('media.cancel-voice')} onClick={onCancel}>
        <Icon name="trash" />
      </button>
      {trouble ? (
        <p className="voice-trouble" role="alert">
          {trouble}{' '}
          <button type="button" className="link-button" onClick={() => setTurn(turn + 1)}>
            {t('common.try-again')}
          </button>
        </p>
      ) : (
        <>
          <span className="voice-dot" aria-hidden="true" />
          <span className="voice-time" role="timer" aria-label={t('media.recording')}>
            {duration(elapsed / 1000)}
          </span>
          <span className="voice-levels" aria-hidden="true">
            {levels.map((level, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: bars have no other name
              <i key={index} style={{ height: `${Math.max(8, level)}%` }} />
            ))}
          </span>
          <button
            type="button"
            className="icon-button"
            aria-label={t('media.keep-voice')}
            title={t('media.keep-voice')}
            disabled={since === null}
            onClick={() => void finish(false)}
          >
            <Icon name="stop" />
          </button>
          <button
            type="button"
            className="send"
            // biome-ignore lint/a11y/noAutofocus: the button that opened this is where it was
            autoFocus
            aria-label={t('media.send-voice')}
            title={t('media.send-voice')}
            aria-disabled={since === null}
            onClick={() => void finish(true)}
          >
            <Icon name="send" />
          </button>
        </>
      )}
    </div>
  );
}

function troubleOf(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return t('media.microphone-forbidden');
  if (name === 'NotFoundError') return t('media.microphone-missing');
  return t('media.microphone-trouble');
}
