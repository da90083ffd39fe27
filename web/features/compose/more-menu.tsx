'use client';
import type { Urgency } from '../../lib/api/types';
import { Icon, type IconName } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { CheckItem } from '../routes/word-menu';
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

const urgencies: { value: Urgency; label: string }[] = [
  { value: 'low', label: 'Low' },
  { value: 'normal', label: 'Normal' },
  { value: 'urgent', label: 'Urgent' },
];

const things: { what: Opening; label: string; icon: IconName; needsWords?: boolean }[] = [
  { what: 'preview', label: 'Who gets what', icon: 'eye' },
  { what: 'when', label: 'Send later, or expire…', icon: 'clock' },
  { what: 'words', label: 'Other words per channel', icon: 'text' },
  { what: 'insert', label: 'Insert a template…', icon: 'file' },
  { what: 'save', label: 'Save as a template…', icon: 'plus', needsWords: true },
];

/** All that most messages do without. */
export function MoreMenu({ extras, sms, empty, onChange, onOpen }: Props) {
  return (
    <Menu label="More ways to send" title="More ways to send" placement="above" trigger={<Icon name="more" />}>
      {things.map(({ what, label, icon, needsWords }) => (
        <MenuItem key={what} disabled={needsWords && empty} onSelect={() => onOpen(what)}>
          <Icon name={icon} /> {label}
        </MenuItem>
      ))}
      <hr className="menu-line" />
      <p className="menu-title">Urgency</p>
      {urgencies.map(({ value, label }) => (
        <MenuItem key={value} checked={extras.urgency === value} onSelect={() => onChange({ urgency: value })}>
          <span className="menu-tick">{extras.urgency === value && <Icon name="check" size={14} />}</span> {label}
        </MenuItem>
      ))}
      {sms && (
        <>
          <hr className="menu-line" />
          <CheckItem on={extras.shortenLinks} onToggle={() => onChange({ shortenLinks: !extras.shortenLinks })}>
            Short links by SMS
          </CheckItem>
        </>
      )}
    </Menu>
  );
}
