'use client';
import { useState } from 'react';
import { Icon } from '../../ui/icons';

const key = 'parley.formatted';

/** Whether what is typed is Markdown; remembered in this browser. */
export function useFormatted(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => localStorage.getItem(key) === 'on');
  const change = (next: boolean) => {
    setOn(next);
    if (next) localStorage.setItem(key, 'on');
    else localStorage.removeItem(key);
  };
  return [on, change];
}

export function FormatToggle({ on, onChange }: { on: boolean; onChange: (on: boolean) => void }) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label="Format with Markdown"
      title={on ? 'Markdown is on: **bold**, *italic*, `code`' : 'Format with Markdown'}
      aria-pressed={on}
      onClick={() => onChange(!on)}
    >
      <Icon name="format" />
    </button>
  );
}
