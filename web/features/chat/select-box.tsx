import { t } from '../../lib/i18n';

/** Says whether a message is chosen, in the place of who wrote it; the row itself takes what is pressed. */
export const SelectBox = ({ on, name }: { on: boolean; name: string }) => (
  <input
    className="message-check"
    type="checkbox"
    tabIndex={-1}
    aria-label={t('message.selected-one', { name })}
    checked={on}
    readOnly
  />
);
