'use client';
import type { ReactNode } from 'react';
import { Icon } from '../../ui/icons';
import { Menu } from '../../ui/menu';

type Props = { label: string; text: string; bad?: boolean; children: ReactNode };

/** A word of a sentence that can be changed. `label` says which word it is. */
export function WordMenu({ label, text, bad, children }: Props) {
  return (
    <Menu
      label={`${label}: ${text}`}
      className={bad ? 'word word-bad' : 'word'}
      trigger={
        <>
          {text}
          <Icon name="down" size={10} />
        </>
      }
    >
      {children}
    </Menu>
  );
}

/** One of several that can be on at the same time. */
export function CheckItem({ on, onToggle, children }: { on: boolean; onToggle: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      role="menuitemcheckbox"
      aria-checked={on}
      data-roving
      className="menu-item menu-check"
      onClick={onToggle}
    >
      <span className="menu-tick">{on && <Icon name="check" size={14} />}</span>
      {children}
    </button>
  );
}
