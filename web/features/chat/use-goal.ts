'use client';
import { useCallback, useEffect, useState } from 'react';
import { messageOf } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { openAround } from '../../lib/sync/load';
import { store } from '../../lib/sync/store';
import { notify } from '../../ui/notice';
import { around, type Span } from './span';

type Shown = { toRow: (id: string) => boolean; setSpan: (span: Span) => void; onShown: () => void };

const none: Message[] = [];
const itemsOf = (id: string): Message[] => store.timelines.get(id)?.items ?? none;

/** The message the view is on its way to: its surroundings are loaded, then drawn, then shown. */
export function useGoal(id: string, drawn: unknown, { toRow, setSpan, onShown }: Shown) {
  const [goal, setGoal] = useState<string | null>(null);

  // A change of what is drawn must be on the page before the row can be shown.
  // biome-ignore lint/correctness/useExhaustiveDependencies: tried again after each drawing of the rows
  useEffect(() => {
    if (goal === null) return;
    if (toRow(goal)) {
      setGoal(null);
      onShown();
      return;
    }
    const next = around(itemsOf(id), goal);
    if (next) setSpan(next);
    else setGoal(null);
  }, [goal, id, toRow, drawn]);

  /** Loads what stands around a place, and goes to what `pick` finds there. */
  const toPlace = useCallback(
    async (place: { around: string } | { at: string }, pick: (items: Message[]) => string | undefined) => {
      try {
        await openAround(id, place);
        const found = pick(itemsOf(id));
        if (found) setGoal(found);
        else notify(t('timeline.nothing-there'));
      } catch (error) {
        notify(messageOf(error));
      }
    },
    [id],
  );
  const toMessage = useCallback(
    (message: Pick<Message, 'id'>) => toPlace({ around: message.id }, () => message.id),
    [toPlace],
  );
  /** The first message at that moment or after it, else the last before it. */
  const toTime = useCallback(
    (at: string) => {
      const pick = (items: Message[]) => (items.find((one) => one.sentAt >= at) ?? items.at(-1))?.id;
      const items = itemsOf(id);
      const first = items[0];
      if (first && first.sentAt <= at && (items.at(-1)?.sentAt ?? '') >= at) {
        setGoal(pick(items) ?? null);
        return Promise.resolve();
      }
      return toPlace({ at }, pick);
    },
    [id, toPlace],
  );
  return { setGoal, toPlace, toMessage, toTime };
}
