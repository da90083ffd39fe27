'use client';
import { useRef } from 'react';
import { t } from '../../lib/i18n';
import { modifier } from '../../lib/keys';
import { moveAlong } from '../../ui/roving';
import { formats } from './formats';
import type { Editor } from './use-editor';

/** Writes Markdown, as it can be typed: what is in the box stays the one truth. */
export function FormatBar({ editor }: { editor: Editor }) {
  const bar = useRef<HTMLDivElement>(null);
  return (
    <div
      ref={bar}
      className="format-bar"
      role="toolbar"
      aria-label={t('compose.formatting')}
      onKeyDown={(event) => moveAlong(event, bar.current)}
    >
      {formats.map(({ key, title, icon, shortcut, change }, index) => {
        const keys = `${modifier()}+${shortcut}`;
        return (
          <button
            key={key}
            type="button"
            className="icon-button"
            tabIndex={index === 0 ? 0 : -1}
            aria-label={t(title)}
            title={`${t(title)} (${keys})`}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => editor.apply(change(editor.read()))}
          >
            <svg className="icon" width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
              <path d={icon} />
            </svg>
          </button>
        );
      })}
    </div>
  );
}
