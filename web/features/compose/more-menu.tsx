'use client';
import type { Urgency } from '../../lib/api/types';
import { type PlainText, t } from '../../lib/i18n';
import { Icon, type IconName } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { setEnterSends, useEnterSends } from './enter';
import type { Extras } from './extras';

export type Opening = 'when' | 'words' | 'preview' | 'insert' | 'save';

type Props = {
  extras: Extras;
  /** Whether it may go by SMS. */
  sms: boolean;
  empty: boolean;
  onChange: (change: Partial<Extras>) => void;
  onOpen: (what: Opening) => void;
};

const urgencies: { value: Urgency; label: PlainText }[] = [
  { value: 'low', label: 'compose.low' },
  { value: 'normal', label: 'compose.normal' },
  { value: 'urgent', label: 'compose.urgent' },
];

const things: { what: Opening; label: PlainText; icon: IconName; needsWords?: boolean }[] = [
  { what: 'preview', label: 'compose.who-gets-what', icon: 'eye' },
  { what: 'when', label: 'compose.send-later', icon: 'clock' },
  { what: 'words', label: 'compose.other-words', icon: 'text' },
  { what: 'insert', label: 'compose.insert-template', icon: 'file' },
  { what: 'save', label: 'compose.save-template', icon: 'plus', needsWords: true },
];

/** All that most messages do without. */
export function MoreMenu({ extras, sms, empty, onChange, onOpen }: Props) {
  const enterSends = useEnterSends();
  return (
    <Menu label={t('compose.more')} title={t('compose.more')} placement="above" trigger={<Icon name="more" />}>
      {things.map(({ what, label, icon, needsWords }) => (
        <MenuItem key={what} disabled={needsWords && empty} onSelect={() => onOpen(what)}>
          <Icon name={icon} /> {t(label)}
        </MenuItem>
      ))}
      <hr className="menu-line" />
      <p className="menu-title">{t('compose.urgency')}</p>
      {urgencies.map(({ value, label }) => (
        <MenuItem key={value} checked={extras.urgency === value} onSelect={() => onChange({ urgency: value })}>
          <span className="menu-tick">{extras.urgency === value && <Icon name="check" size={14} />}</span> {t(label)}
        </MenuItem>
      ))}
      <hr className="menu-line" />
      <MenuItem box keep checked={enterSends} onSelect={() => setEnterSends(!enterSends)}>
        {t('compose.enter-sends')}
      </MenuItem>
      {sms && (
        <MenuItem
          box
          keep
          checked={extras.shortenLinks}
          onSelect={() => onChange({ shortenLinks: !extras.shortenLinks })}
        >
          {t('compose.short-links')}
        </MenuItem>
      )}
    </Menu>
  );
}
