'use client';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { usePane } from './pane-context';
import { closePane } from './panes';

/** Where others stand beside it, a conversation can be closed. */
export function ClosePane({ id }: { id: string }) {
  const { several } = usePane();
  if (!several) return null;
  return (
    <button
      type="button"
      className="icon-button pane-close"
      aria-label={t('shell.close')}
      title={t('shell.close')}
      onClick={() => closePane(id)}
    >
      <Icon name="close" />
    </button>
  );
}
