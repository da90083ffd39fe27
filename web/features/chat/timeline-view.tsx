'use client';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Contact, Conversation, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useTimeline } from '../../lib/sync/hooks';
import { openTimeline, retryOlder } from '../../lib/sync/load';
import type { Pending } from '../../lib/sync/outbox';
import { store } from '../../lib/sync/store';
import { Announcer } from './announcer';
import { arrange, goesOn } from './arrange';
import { onWanted, takeWanted } from './jump';
import { unseen } from './pending';
import { PendingRow } from './pending-row';
import { around, type Span, settled } from './span';
import { threadsOf } from './threads';
import { TimelineCommands } from './timeline-commands';
import { TimelineRows } from './timeline-rows';
import { TimelineTop } from './timeline-top';
import { ToFirstNew, ToNewest, WhichDay } from './timeline-ways';
import { useAttention } from './use-attention';
import { useAway } from './use-away';
import { useGoal } from './use-goal';
import { useLogKeys } from './use-log-keys';
import { rowOf, useScroll, type View } from './use-scroll';
import { useSpan } from './use-span';
import { useTop } from './use-top';

type Props = {
  conversation: Conversation;
  contact: Contact | undefined;
  /** Messages sent since it was opened: each brings the view to the newest. */
  sent: number;
  onReply: (message: Message) => void;
  onReturn: (item: Pending) => void;
};

/** The merged timeline: what is drawn is a window on what is in memory, which is a window on what the server has. */
export function TimelineView({ conversation, contact, sent, onReply, onReturn }: Props) {
  const { id, kind } = conversation;
  const timeline = useTimeline(id);
  const { items, version, look } = timeline;
  const away = useAway(conversation);
  const [atEnd, setAtEnd] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const live = store.timelines.get(id);
  const span = useSpan(id, timeline);
  const { from, to } = span;
  const draw = span.setSpan;
  // It was chosen for the messages as they are now.
  const setSpan = useCallback(
    (next: Span) => {
      look();
      draw(next);
    },
    [look, draw],
  );
  const latest = to === items.length && timeline.atLatest;
  const pending = unseen(timeline.pending, items);
  const ready = timeline.fresh && timeline.atLatest;
  const { line, setLine, visit } = useAttention(conversation, items, version, atEnd && latest, ready);
  const top = useTop(live, line);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the messages
  const rows = useMemo(
    () => arrange(items.slice(Math.max(0, from - 1), to), kind === 'direct', line.from).slice(from > 0 ? 1 : 0),
    [version, from, to, kind, line.from],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the messages
  const threads = useMemo(() => threadsOf(items), [version]);

  const onMove = (view: View) => {
    const end = view.atEnd && latest;
    setAtEnd(view.atEnd);
    top.look(view.topId);
    follow(id, end);
    if (!view.atEnd) span.hold();
    span.older(view);
    span.newer(view);
  };
  const onDrawn = (view: View) => {
    span.older(view);
    span.newer(view);
  };
  const scroll = useScroll(box, rows, { follows: latest, onMove, onDrawn });
  const { toEnd, toRow, toRowIfAbove } = scroll;
  const onShown = () => setAtEnd(false);
  const { setGoal, toPlace, toMessage, toTime } = useGoal(id, rows, { toRow, setSpan, onShown });

  const newest = useCallback(() => {
    setSpan(settled);
    setAtEnd(true);
    follow(id, true);
    toEnd();
    void openTimeline(id);
  }, [id, toEnd, setSpan]);

  useEffect(() => {
    const wanted = takeWanted(id);
    if (wanted) void toMessage(wanted);
    else void openTimeline(id);
    store.shown.add(id);
    follow(id, true);
    const stop = onWanted(() => {
      const next = takeWanted(id);
      if (next) void toMessage(next);
    });
    return () => {
      stop();
      store.shown.delete(id);
      follow(id, false);
    };
  }, [id, toMessage]);

  // Opens at what is new where that is more than fits.
  const begun = useRef<number | null>(null);
  const isFresh = timeline.fresh;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a visit, as soon as the newest page is drawn
  useLayoutEffect(() => {
    if (begun.current === visit || !isFresh || rows.length === 0) return;
    if (begun.current !== null && !(atEnd && latest)) return newest();
    begun.current = visit;
    const there = line.from === null ? null : around(items, line.from);
    if (line.from === null || !there) return;
    if (toRowIfAbove(line.from)) {
      setAtEnd(false);
      span.hold();
    } else if (!rows.some((row) => row.message.id === line.from)) {
      setAtEnd(false);
      setGoal(line.from);
    }
  }, [isFresh, rows, visit]);

  useEffect(() => {
    if (sent > 0) newest();
  }, [sent, newest]);

  const toFirstNew = () => {
    if (line.from !== null && live?.has(line.from)) return setGoal(line.from);
    const { after } = line;
    const pick = (found: Message[]) => {
      const first = found.slice(found.findIndex((one) => one.id === after) + 1).find((one) => one.direction === 'in');
      if (first) setLine({ ...line, from: first.id });
      return first?.id;
    };
    void toPlace(after === null ? { at: new Date(0).toISOString() } : { around: after }, pick);
  };

  const lastRow = useRef(false);
  const focusLast = () => {
    lastRow.current = true;
    newest();
  };
  // As soon as the newest is drawn.
  useEffect(() => {
    const last = rows.at(-1)?.message.id;
    if (!lastRow.current || !latest || !last || !box.current) return;
    lastRow.current = false;
    rowOf(box.current, last)?.focus({ preventScroll: true });
  });
  const onKeyDown = useLogKeys(box, rows, {
    older: () => {
      span.older({ above: 0, below: 0, atEnd: false, topId: null });
      return from > 0 || timeline.more;
    },
    newer: () => {
      span.newer({ above: 0, below: 0, atEnd: false, topId: null });
      return !latest;
    },
    first: () => setGoal(items[0]?.id ?? null),
    last: focusLast,
  });

  const several = new Set([...conversation.chats, ...items].map((one) => one.network)).size > 1;
  const bare = items.length === 0 && pending.length === 0;
  const last = rows.at(-1)?.message;

  return (
    <div className="timeline-box">
      <div
        className="timeline"
        ref={box}
        role="log"
        aria-label={t('timeline.log', { name: conversation.name })}
        aria-live="off"
        aria-busy={timeline.loading !== null}
        tabIndex={rows.length === 0 ? 0 : -1}
        onKeyDown={onKeyDown}
      >
        <div className="timeline-rows" data-cut={latest ? undefined : true}>
          <TimelineTop
            timeline={timeline}
            start={from === 0}
            bare={bare}
            name={conversation.name}
            away={away}
            onRetry={() => retryOlder(id)}
          />
          <TimelineRows
            rows={rows}
            conversation={conversation}
            contact={contact}
            several={several}
            threads={threads}
            onReply={onReply}
            onJump={toMessage}
            onTime={toTime}
          />
          {latest &&
            pending.map((item, index) => (
              <PendingRow
                key={item.key}
                item={item}
                first={index === 0 && !goesOn(last, item.createdAt)}
                onReturn={onReturn}
              />
            ))}
        </div>
      </div>
      <TimelineCommands
        any={!bare}
        anyNew={line.count > 0}
        onDate={toTime}
        onFirstNew={toFirstNew}
        onNewest={focusLast}
      />
      <Announcer conversation={conversation} version={version} personName={contact?.name} />
      {isFresh && !bare && top.newAway ? (
        <ToFirstNew count={line.count} onGo={toFirstNew} />
      ) : (
        !atEnd && top.at && <WhichDay at={top.at} onTime={toTime} />
      )}
      {(!atEnd || !latest) && !bare && <ToNewest unread={conversation.unread} onGo={newest} />}
    </div>
  );
}

function follow(id: string, on: boolean): void {
  if (on) store.following.add(id);
  else store.following.delete(id);
}
