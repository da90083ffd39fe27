'use client';
import { useRef } from 'react';
import { t } from '../../lib/i18n';
import { onMac } from '../../lib/keys';
import { moveAlong } from '../../ui/roving';
import { written } from '../commands/keys';
import { keysOf } from '../commands/shortcuts';
import { formats } from './formats';
import type { Editor } from './use-editor';

const icons = {
  bold: 'M4.500 2.800h4a2.500 2.500 0 0 1 0 5h-4v-5ZM4.500 7.800h4.700a2.700 2.700 0 0 1 0 5.400H4.500V7.800Z',
  italic: 'M6.500 2.800h5M4.500 13.200h5M9.500 2.800l-3 10.400',
  strike:
    'M2.500 8h11M11.300 4.800C11 3.500 9.700 2.700 8 2.700c-1.900 0-3.300 1-3.300 2.500 0 1.300.9 2.100 2.500 2.800M4.600 10.900c.3 1.500 1.600 2.400 3.500 2.400 2 0 3.400-1 3.400-2.700 0-1-.4-1.700-1.200-2.300',
  code: 'M5.500 4 1.800 8l3.700 4M10.500 4l3.700 4-3.700 4',
  block: 'M2.500 2.500h11v11h-11v-11ZM7 5.800 4.800 8 7 10.200M9 5.800 11.200 8 9 10.200',
  link: 'M6.700 9.300a2.700 2.700 0 0 0 3.900 0l2.300-2.400a2.700 2.700 0 0 0-3.800-3.800L8 4.200M9.300 6.700a2.700 2.700 0 0 0-3.900 0L3.100 9.100a2.700 2.700 0 0 0 3.800 3.800L8 11.800',
  bullet: 'M6 3.500h8M6 8h8M6 12.500h8M2.500 3.500h.01M2.500 8h.01M2.500 12.500h.01',
  number:
    'M7 3.500h7M7 8h7M7 12.500h7M2 2.500l1.300-.5v3.500M2 9.800c1.700-1.500 1.900-2 1.300-2.500-.4-.3-1-.1-1.200.3M2 14h1.800',
  quote: 'M2.500 3v10M6 4.500h8M6 8h8M6 11.500h5',
};

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
      {formats.map(({ key, title, change }, index) => {
        const keys = written(keysOf(`format-${key}`).shortcut, onMac())
          .flat()
          .join('+');
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
              <path d={icons[key]} />
            </svg>
          </button>
        );
      })}
    </div>
  );
}
