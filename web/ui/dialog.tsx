'use client';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { t } from '../lib/i18n';
import { Icon } from './icons';

type Props = { title: string; onClose: () => void; children: ReactNode; wide?: boolean; bare?: boolean };

/** A modal native dialog: the focus stays inside, Esc closes it. Shown while it is in the tree. */
export function Dialog({ title, onClose, children, wide, bare }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    (dialog?.querySelector<HTMLElement>('[data-autofocus]') ?? head.current)?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const classes = ['dialog', wide ? 'dialog-wide' : '', bare ? 'dialog-bare' : ''].join(' ');
  return (
    <dialog
      ref={ref}
      className={classes}
      aria-labelledby={titleId}
      onKeyDown={(event) => {
        // It closes this alone, not what this was opened from.
        if (event.key === 'Escape') event.stopPropagation();
      }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className="dialog-body">
        <div className={bare ? 'visually-hidden' : 'dialog-head'}>
          <h2 id={titleId} ref={head} tabIndex={-1}>
            {title}
          </h2>
          {!bare && (
            <button type="button" className="icon-button" aria-label={t('common.close')} onClick={onClose}>
              <Icon name="close" />
            </button>
          )}
        </div>
        {children}
      </div>
    </dialog>
  );
}
