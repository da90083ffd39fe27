'use client';
import { useEffect, useRef, useState } from 'react';
import type { Attachment } from '../../lib/api/types';
import { duration } from '../../lib/format';
import { t } from '../../lib/i18n';
import { useLatest } from '../../lib/use-latest';
import { Icon } from '../../ui/icons';
import { Wave } from './wave';
import { readWaveform } from './waveform';

const rates = [1, 1.5, 2];
let playing: HTMLAudioElement | null = null;

/** Plays a sound, one at a time on the page; a voice message shows its waveform, and all can be sought in. */
export function Player({ item }: { item: Attachment }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [on, setOn] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState((item.voice?.durationMs ?? 0) / 1000);
  const [rate, setRate] = useState(1);
  const [levels, setLevels] = useState(item.voice?.waveform ?? null);
  const [broken, setBroken] = useState(false);
  useFrames(on, () => setAt(audio.current?.currentTime ?? 0));
  useEffect(() => {
    const element = audio.current;
    return () => {
      if (playing === element) playing = null;
    };
  }, []);
  const toggle = async () => {
    const element = audio.current;
    if (!element) return;
    if (!element.paused) return element.pause();
    if (playing && playing !== element) playing.pause();
    playing = element;
    element.playbackRate = rate;
    await element.play().catch(() => {});
    if (!levels) setLevels(await readWaveform(item.url, item.size));
  };
  const seek = (seconds: number) => {
    if (!audio.current) return;
    audio.current.currentTime = seconds;
    setAt(seconds);
  };
  const nextRate = () => {
    const next = rates[(rates.indexOf(rate) + 1) % rates.length] ?? 1;
    setRate(next);
    if (audio.current) audio.current.playbackRate = next;
  };
  const name = item.voice ? t('content.voice-message') : item.name;
  const shown = on || at > 0 ? at : length;
  return (
    <div className={levels ? 'sound sound-wave' : 'sound'}>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody wrote one */}
      <audio
        ref={audio}
        src={item.url}
        preload={item.voice ? 'none' : 'metadata'}
        onPlay={() => setOn(true)}
        onPause={() => setOn(false)}
        onEnded={() => seek(0)}
        onError={() => setBroken(true)}
        // What was recorded in a browser does not say how long it is.
        onDurationChange={({ currentTarget: { duration: known } }) => {
          if (Number.isFinite(known) && known > 0) setLength(known);
        }}
      />
      <button
        type="button"
        className="icon-button sound-button"
        aria-label={on ? t('content.pause-sound', { name }) : t('content.play-sound', { name })}
        disabled={broken}
        onClick={() => void toggle()}
      >
        <Icon name={on ? 'pause' : 'play'} />
      </button>
      <span className="sound-track">
        {levels && <Wave levels={levels} at={length > 0 ? at / length : 0} />}
        <input
          type="range"
          className="sound-seek"
          aria-label={t('content.position', { name })}
          aria-valuetext={t('content.position-of', { at: duration(at), length: duration(length) })}
          min={0}
          max={Math.max(length, 0.1)}
          step="any"
          value={Math.min(at, Math.max(length, 0.1))}
          disabled={broken || length === 0}
          onChange={(event) => seek(event.target.valueAsNumber)}
          onKeyDown={(event) => {
            const step = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5 }[event.key];
            if (step === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            seek(Math.min(length, Math.max(0, at + step)));
          }}
        />
      </span>
      <span className="sound-time">{broken ? t('content.broken') : duration(shown)}</span>
      <button type="button" className="sound-rate" aria-label={t('content.speed', { rate })} onClick={nextRate}>
        {rate}×
      </button>
    </div>
  );
}

/** Calls `draw` once a frame while `on`. */
function useFrames(on: boolean, draw: () => void): void {
  const latest = useLatest(draw);
  useEffect(() => {
    if (!on) return;
    let frame = requestAnimationFrame(function step() {
      latest.current();
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [on]);
}
