'use client';
import { useState } from 'react';
import { dayKey } from '../../lib/format';
import type { Timeline } from '../../lib/sync/timeline';
import type { NewLine } from './use-attention';

type Top = { at: string | null; newAbove: boolean };

/** What the top of the view says: the day there, and whether the "new" line is above and was not come to yet. */
export function useTop(timeline: Timeline | undefined, line: NewLine) {
  const [top, setTop] = useState<Top>({ at: null, newAbove: false });
  const [reached, setReached] = useState<string | null>(null);
  const begins = line.from === null ? undefined : timeline?.get(line.from);

  const look = (topId: string | null) => {
    const message = topId === null ? undefined : timeline?.get(topId);
    if (!message) return;
    const newAbove = begins !== undefined && begins.sentAt < message.sentAt;
    if (begins && !newAbove) setReached(begins.id);
    setTop((now) =>
      now.at !== null && dayKey(now.at) === dayKey(message.sentAt) && now.newAbove === newAbove
        ? now
        : { at: message.sentAt, newAbove },
    );
  };
  const away = line.from === null || (top.newAbove && reached !== line.from);
  return { at: top.at, newAway: line.count > 0 && away, look };
}
