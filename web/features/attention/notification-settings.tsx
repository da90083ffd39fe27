'use client';
import { useState } from 'react';
import type { NotifyLevel } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useSettings, useSettingsChange } from '../../lib/settings';
import { Field, TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { Switch } from '../../ui/switch';
import { Devices } from './devices';
import { levelWords } from './level-words';
import { usualLevels } from './state';

const kinds = ['direct', 'group', 'channel'] as const;
const levels: NotifyLevel[] = ['all', 'mentions', 'none'];
const night = { from: '22:00', to: '07:00' };
const zoneHere = () => new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** What the user is told of, when, and on which devices. */
export function NotificationSettings() {
  const now = useSettings();
  const { error, change } = useSettingsChange();
  const quiet = now.quietHours ?? null;
  return (
    <section className="section" aria-label={t('attention.title')}>
      <h2>{t('attention.title')}</h2>
      <Devices />
      <Switch label={t('attention.sound')} on={now.sound ?? true} onChange={(sound) => change({ sound })} />
      <Switch
        label={t('attention.preview')}
        help={t('attention.preview-help')}
        on={now.pushPreview ?? true}
        onChange={(pushPreview) => change({ pushPreview })}
      />
      <div className="attention-levels">
        {kinds.map((kind) => (
          <Field key={kind} label={t(`attention.${kind}`)}>
            {(ids) => (
              <select
                className="input"
                {...ids}
                value={now.notify?.[kind] ?? usualLevels[kind]}
                onChange={(event) => {
                  const level = levels.find((one) => one === event.target.value);
                  if (level) change({ notify: { ...usualLevels, ...now.notify, [kind]: level } });
                }}
              >
                {levels.map((level) => (
                  <option key={level} value={level}>
                    {levelWords(level)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        ))}
      </div>
      <Keywords
        key={(now.keywords ?? []).join()}
        words={now.keywords ?? []}
        onChange={(keywords) => change({ keywords })}
      />
      <Switch
        label={t('attention.quiet')}
        help={t('attention.quiet-help')}
        on={quiet !== null}
        onChange={(on) => change({ quietHours: on ? { ...night, zone: zoneHere() } : null })}
      />
      {quiet && (
        <div className="attention-hours">
          {(['from', 'to'] as const).map((end) => (
            <TextField
              key={end}
              label={t(`attention.${end}`)}
              type="time"
              required
              value={quiet[end]}
              onValue={(value) => value && change({ quietHours: { ...quiet, [end]: value, zone: zoneHere() } })}
            />
          ))}
        </div>
      )}
      <FormError text={error} />
    </section>
  );
}

const most = 50;

function Keywords({ words, onChange }: { words: string[]; onChange: (words: string[]) => void }) {
  const [text, setText] = useState(words.join(', '));
  const save = () => {
    const wanted = text
      .split(/[,،、\n]/)
      .map((word) => word.trim().slice(0, 60))
      .filter((word) => word !== '');
    const next = [...new Set(wanted)].slice(0, most);
    if (next.join('\n') !== words.join('\n')) onChange(next);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextField
        label={t('attention.keywords')}
        help={t('attention.keywords-help')}
        value={text}
        onValue={setText}
        onBlur={save}
        autoComplete="off"
      />
    </form>
  );
}
