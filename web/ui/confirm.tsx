'use client';
import type { ReactNode } from 'react';
import { t } from '../lib/i18n';
import { Dialog } from './dialog';
import { FormError } from './form-error';
import { useAction } from './use-action';

type Props = {
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  /** Done once it is confirmed; the dialog stays, with the reason, where it throws. */
  work: () => Promise<unknown>;
  onClose: () => void;
};

/** Asks before something is done, does it, and says what went wrong. */
export function Confirm({ title, children, action, danger, work, onClose }: Props) {
  const { busy, error, run } = useAction();
  const confirm = async () => {
    if (await run(work)) onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="prose">{children}</div>
      <FormError text={error} />
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t('common.cancel')}
        </button>
        <button
          type="button"
          className={danger ? 'button button-danger' : 'button button-primary'}
          disabled={busy}
          onClick={() => void confirm()}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}
