'use client';
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { messageOf } from '../../lib/api/client';
import type { Contact, Conversation, Message } from '../../lib/api/types';
import { useVersion } from '../../lib/sync/hooks';
import { loadOlder, openAt, openTimeline, retryOlder } from '../../lib/sync/load';
import { type Pending, pendingOf } from '../../lib/sync/outbox';
import { store } from '../../lib/sync/store';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { moveFocus } from '../../ui/roving';
import { arrange, goesOn } from './arrange';
import { onWanted, takeWanted } from './jump';
import { unseen } from './pending';
import { PendingRow } from './pending-row';
import { around, following, freeze, rangeOf, type Span, widenDown, widenUp } from './span';
import { threadsOf } from './threads';
import { TimelineRows } from './timeline-rows';
import { patience, TimelineTop } from './timeline-top';
import { useAttention } from './use-attention';
import { useAway } from './use-away';
import { useScroll } from './use-scroll';

type Props = {
  conversation: Conversation;
  contact: Contact | undefined;
  /** Messages sent since it was opened: each brings the view to the newest. */
  sent: number;
  onReply: (message: Message) => void;
  onReturn: (item: Pending) => void;
};

const none: Message[] = [];

/** The merged timeline: a window on what is in memory, which is a window on what the server has. */
export function TimelineView({ conversation, contact, sent, onReply, onReturn }: Props) {
  const { id } = conversation;
  const version = useVersion(`t:${id}`);
  const away = useAway(conversation);
  const [span, setSpan] = useState<Span>(following);
  const [atEnd, setAtEnd] = useState(true);
  const [goal, setGoal] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const timeline = store.timelines.get(id);
  const items = timeline?.items ?? none;
  const { from, to } = rangeOf(items, span);
  const latest = to === items.length && (timeline?.atLatest ?? true);
  const pending = unseen(pendingOf(id), items);
  const ready = (timeline?.fresh && timeline.atLatest) ?? false;
  const newFrom = useAttention(conversation, items, version, atEnd && latest, ready);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the messages
  const rows = useMemo(
    () =>
      arrange(items.slice(Math.max(0, from - 1), to), conversation.kind === 'direct', newFrom).slice(from > 0 ? 1 : 0),
    [version, from, to, conversation.kind, newFrom],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the messages
  const threads = useMemo(() => threadsOf(items), [version]);

  const older = () => {
    const wider = widenUp(items, span);
    if (wider) setSpan(wider);
    else if (timeline?.more && !timeline.loading && !timeline.error && timeline.fruitless < patience)
      void loadOlder(id);
  };
  const newer = () => {
    const wider = widenDown(items, span);
    if (wider) setSpan(wider);
    else if (atEnd && span.end !== null && timeline?.atLatest) setSpan({ ...span, end: null });
  };
  const scroll = useScroll(box, rows, {
    onEnd: (now) => {
      const end = now && latest;
      setAtEnd(now);
      store.following = end ? id : null;
      if (end && span.end !== null) setSpan(following);
      if (!now) setSpan((one) => freeze(items, one));
    },
    onTop: older,
    onBottom: newer,
  });
  const { toEnd, toRow, toRowIfAbove } = scroll;

  const newest = useCallback(() => {
    setSpan(following);
    setAtEnd(true);
    store.following = id;
    toEnd();
    void openTimeline(id);
  }, [id, toEnd]);

  const jump = useCallback(async (message: Message) => {
    try {
      await openAt(message);
      setGoal(message.id);
    } catch (error) {
      notify(messageOf(error));
    }
  }, []);

  useEffect(() => {
    const wanted = takeWanted(id);
    if (wanted) void jump(wanted);
    else void openTimeline(id);
    store.following = id;
    const stop = onWanted(() => {
      const next = takeWanted(id);
      if (next) void jump(next);
    });
    return () => {
      stop();
      if (store.following === id) store.following = null;
    };
  }, [id, jump]);

  // Opens at what is new where that is more than fits.
  const begun = useRef(false);
  const isFresh = timeline?.fresh ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as soon as the newest page is drawn
  useLayoutEffect(() => {
    if (begun.current || !isFresh || rows.length === 0) return;
    begun.current = true;
    if (newFrom !== null && toRowIfAbove(newFrom)) {
      setAtEnd(false);
      setSpan((one) => freeze(items, one));
    }
  }, [isFresh, rows]);

  // A change of the window above must be drawn before the row can be shown.
  // biome-ignore lint/correctness/useExhaustiveDependencies: tried again after each drawing of the rows
  useEffect(() => {
    if (goal === null) return;
    if (toRow(goal)) {
      setGoal(null);
      setAtEnd(false);
      return;
    }
    const next = around(store.timelines.get(id)?.items ?? none, goal);
    if (next) setSpan(next);
    else setGoal(null);
  }, [goal, id, toRow, rows]);

  useEffect(() => {
    if (sent > 0) newest();
  }, [sent, newest]);

  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const target = event.target as HTMLElement;
    if (target.dataset.message !== undefined || target === box.current) moveFocus(event, box.current);
  };
  const several = new Set([...conversation.chats, ...items].map((one) => one.network)).size > 1;
  const bare = items.length === 0 && pending.length === 0;
  const last = rows.at(-1)?.message;

  return (
    <div className="timeline-box">
      <div
        className="timeline"
        ref={box}
        role="log"
        aria-label={`Messages with ${conversation.name}`}
        aria-live={atEnd ? 'polite' : 'off'}
        aria-busy={timeline?.loading !== null && timeline !== undefined}
        tabIndex={rows.length === 0 ? 0 : -1}
        onKeyDown={onKey}
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
            onJump={jump}
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
      {(!atEnd || !latest) && !bare && (
        <button type="button" className="to-newest" onClick={newest}>
          <Icon name="down" />
          Jump to newest
          {conversation.unread > 0 && <span className="count">{conversation.unread}</span>}
        </button>
      )}
    </div>
  );
}
