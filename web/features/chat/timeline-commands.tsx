'use client';
import { useState } from 'react';
import { t } from '../../lib/i18n';
import { useCommand } from '../commands/registry';
import { JumpDialog } from './timeline-ways';

type Props = {
  /** There is something to lead to. */
  any: boolean;
  anyNew: boolean;
  onDate: (at: string) => void;
  onFirstNew: () => void;
  onNewest: () => void;
};

/** The ways about a conversation, from the keyboard. */
export function TimelineCommands({ any, anyNew, onDate, onFirstNew, onNewest }: Props) {
  const [asking, setAsking] = useState(false);
  const group = 'conversation';
  useCommand({ id: 'to-date', title: t('timeline.jump-to-date'), group, when: any, run: () => setAsking(true) });
  useCommand({ id: 'to-first-new', title: t('timeline.to-first-new'), group, when: anyNew, run: onFirstNew });
  useCommand({ id: 'to-newest', title: t('timeline.newest'), group, when: any, run: onNewest });
  if (!asking) return null;
  return <JumpDialog at={new Date().toISOString()} onTime={onDate} onClose={() => setAsking(false)} />;
}
