'use client';
import { useId, useState } from 'react';
import type { BodyInput, Conversation, NotifyLevel } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { useConversation } from '../../lib/sync/hooks';
import { Dialog } from '../../ui/dialog';
import { patchChat } from '../chat/patch-chat';
import { whenWords } from '../compose/when';
import { levelWords } from './level-words';
import { isMuted, usualLevel } from './state';

const never = '9999-12-31T00:00:00.000Z';
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const levels: (NotifyLevel | null)[] = [null, 'all', 'mentions', 'none'];

/** What of one conversation the user is told, and for how long nothing. Changes hold at once. */
export function LevelDialog({ conversation: given, onClose }: { conversation: Conversation; onClose: () => void }) {
  const conversation = useConversation(given.id) ?? given;
  const name = useId();
  const change = (body: BodyInput<'patchConversation'>) => void patchChat(conversation.id, body);
  const [level, setLevel] = useState(conversation.notify);
  const muted = isMuted(conversation);
  const { mutedUntil, kind } = conversation;
  return (
    <Dialog title={t('attention.level-title', { name: conversation.name })} onClose={onClose}>
      <div className="form">
        <fieldset className="level-choices">
          <legend>{t('attention.tell-me')}</legend>
          {levels.map((one) => (
            <label key={one ?? 'usual'} className="level-choice">
              <input
                type="radio"
                name={name}
                checked={level === one}
                onChange={() => {
                  setLevel(one);
                  change({ notify: one });
                }}
              />
              {one === null ? t('attention.as-usual', { level: levelWords(usualLevel(kind)) }) : levelWords(one)}
            </label>
          ))}
        </fieldset>
        <fieldset className="quick-times">
          <legend>{t('attention.mute')}</legend>
          {muted ? (
            <>
              <p className="muted">
                {mutedUntil && mutedUntil < '9999'
                  ? t('attention.muted-until', { when: whenWords(mutedUntil) })
                  : t('attention.muted')}
              </p>
              <button type="button" className="button" onClick={() => change({ mutedUntil: null })}>
                {t('attention.unmute')}
              </button>
            </>
          ) : (
            <>
              <button type="button" className="button" onClick={() => change({ mutedUntil: inHours(1) })}>
                {t('attention.mute-hour')}
              </button>
              <button type="button" className="button" onClick={() => change({ mutedUntil: inHours(24) })}>
                {t('attention.mute-day')}
              </button>
              <button type="button" className="button" onClick={() => change({ mutedUntil: never })}>
                {t('attention.mute-always')}
              </button>
            </>
          )}
        </fieldset>
        <p className="muted">
          <a href={link.settings} onClick={onClose}>
            {t('attention.all-settings')}
          </a>
        </p>
        <div className="dialog-actions">
          <button type="button" className="button button-primary" onClick={onClose}>
            {t('attention.done')}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
