'use client';
import { useRef } from 'react';
import { type PlainText, t } from '../../lib/i18n';
import { moveAlong } from '../roving';

type Group = { key: string; group: number; title: PlainText; icon: string };

/** As Unicode groups them; the component parts among them are no emoji of their own. */
export const groups: Group[] = [
  {
    key: 'smileys',
    group: 0,
    title: 'emoji.smileys',
    icon: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM5.500 9.500c1.200 1.700 3.800 1.700 5 0M6 6.300h.01M10 6.300h.01',
  },
  {
    key: 'people',
    group: 1,
    title: 'emoji.people',
    icon: 'M8 7.500a2.700 2.700 0 1 0 0-5.400 2.700 2.700 0 0 0 0 5.400ZM3 13.900c.5-2.600 2.500-4 5-4s4.500 1.400 5 4',
  },
  {
    key: 'nature',
    group: 3,
    title: 'emoji.nature',
    icon: 'M3 13C2 6 6 2.500 13.500 2.500 13.500 10 10 13.500 5 12M2.500 14 9 7',
  },
  {
    key: 'food',
    group: 4,
    title: 'emoji.food',
    icon: 'M3 5.500h8v4a4 4 0 0 1-8 0v-4ZM11 6.500h1.200a1.600 1.600 0 0 1 0 3.200H11M2.500 14h9M5.500 1.800v1.500M8.500 1.800v1.500',
  },
  {
    key: 'travel',
    group: 5,
    title: 'emoji.travel',
    icon: 'M3.500 11.500v-4l1.300-4h6.400l1.300 4v4h-9ZM3.500 7.500h9M5.500 9.500h.01M10.500 9.500h.01M4.500 11.500v2M11.500 11.500v2',
  },
  {
    key: 'activities',
    group: 6,
    title: 'emoji.activities',
    icon: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM3.800 3.800c3 2.500 3 6 0 8.400M12.200 3.800c-3 2.500-3 6 0 8.400',
  },
  {
    key: 'objects',
    group: 7,
    title: 'emoji.objects',
    icon: 'M6 11.500C6 9.500 4 8.700 4 6a4 4 0 0 1 8 0c0 2.700-2 3.500-2 5.500H6ZM6.500 14h3',
  },
  {
    key: 'symbols',
    group: 8,
    title: 'emoji.symbols',
    icon: 'M8 13.300C4 10.500 2.300 8.300 2.300 6a2.900 2.900 0 0 1 5.700-.9A2.900 2.900 0 0 1 13.700 6c0 2.300-1.700 4.500-5.700 7.300Z',
  },
  { key: 'flags', group: 9, title: 'emoji.flags', icon: 'M3.500 14V2.500h9l-2 3 2 3h-9' },
];

const recent = {
  key: 'recent',
  title: 'emoji.recent',
  icon: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.800V8l2.200 1.500',
} as const;

type Props = { hasRecent: boolean; current: string; disabled: boolean; onJump: (key: string) => void };

/** Leads to a section; one stop for Tab, arrows move in it. */
export function GroupBar({ hasRecent, current, disabled, onJump }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const all = hasRecent ? [recent, ...groups] : groups;
  const known = all.some(({ key }) => key === current);
  return (
    <div
      ref={bar}
      role="toolbar"
      aria-label={t('emoji.groups')}
      className="emoji-groups"
      onKeyDown={(event) => moveAlong(event, bar.current)}
    >
      {all.map(({ key, title, icon }, index) => (
        <button
          key={key}
          type="button"
          className="icon-button"
          aria-label={t(title)}
          title={t(title)}
          aria-pressed={!disabled && key === current}
          tabIndex={(known ? key === current : index === 0) ? 0 : -1}
          disabled={disabled}
          onClick={() => onJump(key)}
        >
          <svg className="icon" width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
            <path d={icon} />
          </svg>
        </button>
      ))}
    </div>
  );
}
