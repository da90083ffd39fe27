'use client';
import { t } from '../../lib/i18n';
import { modifier } from '../../lib/keys';
import { formats } from './formats';
import type { Editor } from './use-editor';

/** Writes Markdown, as it can be typed: what is in the box stays the one truth. */
export function FormatBar({ editor }: { editor: Editor }) {
  return (
    <div className="format-bar" role="toolbar" aria-label={t('compose.formatting')}>
      {formats.map(({ key, title, icon, shortcut, change }) => {
        const keys = `${modifier()}+${shortcut}`;
        return (
          <button
            key={key}
            type="button"
            className="icon-button"
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
