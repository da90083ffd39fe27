'use client';
import { useEffect, useState } from 'react';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { lazily } from '../../ui/lazily';
import type { Uploads } from './use-attachments';

const VoiceBar = lazily(() => import('../media/voice-bar').then((found) => found.VoiceBar));

/** A browser gives a microphone only to pages that are served securely. */
const possible = () => typeof MediaRecorder !== 'undefined' && navigator.mediaDevices?.getUserMedia !== undefined;

/** The button that records a voice message, and in its place the recording while it goes on. */
export function VoiceButton({ uploads }: { uploads: Uploads }) {
  const [on, setOn] = useState(false);
  // Nothing is recorded for a conversation that was left.
  useEffect(() => () => setOn(false), []);
  if (!possible()) return null;
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={t('content.record')}
        title={t('content.record')}
        aria-expanded={on}
        onClick={() => setOn(true)}
      >
        <Icon name="microphone" />
      </button>
      {on && (
        <VoiceBar
          onCancel={() => setOn(false)}
          onDone={({ file, voice }, send) => {
            setOn(false);
            void uploads.addVoice(file, voice).then(() => send && uploads.await(true));
          }}
        />
      )}
    </>
  );
}
