'use client';
import { t } from '../../lib/i18n';
import { Icon, type IconName } from '../../ui/icons';
import { minutesOf, spelled } from '../routes/times';
import type { Extras } from './extras';
import { whenWords } from './when';

type Chip = { key: string; icon: IconName; text: string; off: Partial<Extras> };

function chipsOf({ urgency, sendAt, expiresIn, shortenLinks }: Extras): Chip[] {
  const chips: Chip[] = [];
  if (sendAt) chips.push({ key: 'at', icon: 'clock', text: whenWords(sendAt), off: { sendAt: null } });
  if (urgency !== 'normal') {
    const text = t(urgency === 'urgent' ? 'compose.urgent' : 'compose.low-urgency');
    chips.push({ key: 'urgency', icon: urgency === 'urgent' ? 'warning' : 'down', text, off: { urgency: 'normal' } });
  }
  if (expiresIn) {
    const text = t('compose.given-up-after', { time: spelled(minutesOf(expiresIn)) });
    chips.push({ key: 'expires', icon: 'clock', text, off: { expiresIn: null } });
  }
  if (shortenLinks)
    chips.push({ key: 'short', icon: 'split', text: t('compose.short-links'), off: { shortenLinks: false } });
  return chips;
}

/** What is not as usual about this message; each can be taken off. */
export function Chips({ extras, onChange }: { extras: Extras; onChange: (change: Partial<Extras>) => void }) {
  const chips = chipsOf(extras);
  if (chips.length === 0) return null;
  return (
    <ul className="chips" aria-label={t('compose.about-message')}>
      {chips.map(({ key, icon, text, off }) => (
        <li key={key} className="chip">
          <Icon name={icon} size={14} />
          {text}
          <button
            type="button"
            className="icon-button"
            aria-label={t('compose.not', { what: text })}
            onClick={() => onChange(off)}
          >
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}
