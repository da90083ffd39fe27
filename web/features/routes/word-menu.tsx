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
