'use client';
import { skinTones } from '../../lib/emoji/find';
import { type PlainText, t } from '../../lib/i18n';

const tones: PlainText[] = [
  'emoji.tone-none',
  'emoji.tone-light',
  'emoji.tone-medium-light',
  'emoji.tone-medium',
  'emoji.tone-medium-dark',
  'emoji.tone-dark',
];

/** The skin tone of all emoji that have one. */
export function SkinTone({ tone, onChange }: { tone: number; onChange: (tone: number) => void }) {
  return (
    <select
      className="emoji-tone emoji"
      aria-label={t('emoji.tone')}
      title={t('emoji.tone')}
      value={tone}
      onChange={(event) => onChange(Number(event.target.value))}
    >
      {tones.map((name, index) => (
        <option key={name} value={index} aria-label={t(name)} title={t(name)}>
          {`✋${skinTones[index]}`}
        </option>
      ))}
    </select>
  );
}
