'use client';
import { useState } from 'react';
import { t } from '../../lib/i18n';
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
      aria-label={t('compose.markdown')}
      title={t(on ? 'compose.markdown-on' : 'compose.markdown')}
      aria-pressed={on}
      onClick={() => onChange(!on)}
    >
      <Icon name="format" />
    </button>
  );
}
