'use client';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { loadEmoji } from '../../lib/emoji';
import { type Emoji, findEmoji, toned } from '../../lib/emoji/find';
import { type Move, moved, rowsOf, type Section } from '../../lib/emoji/rows';
import { t } from '../../lib/i18n';
import { Failure } from '../states';
import { useNarrow } from '../use-narrow';
import { cellId, Grid } from './grid';
import { GroupBar, groups } from './group-bar';
import { keepTone, keptTone, known, noteEmoji, recentEmoji } from './kept';
import { SkinTone } from './skin-tone';

const keys: Record<string, Move> = {
  ArrowDown: 'down',
  ArrowUp: 'up',
  PageDown: 'page-down',
  PageUp: 'page-up',
};
/** They move the caret as long as there is text. */
const emptyKeys: Record<string, Move> = { ArrowLeft: 'previous', ArrowRight: 'next', Home: 'first', End: 'last' };

/**
 * Finds an emoji: typing searches, arrows move in the grid, Enter picks. The focus stays in the search field, and only
 * the rows in view are in the page.
 */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const narrow = useNarrow();
  const [all, setAll] = useState<Emoji[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const [walking, setWalking] = useState(false);
  const [tone, setTone] = useState(keptTone);
  const [recent] = useState(recentEmoji);
  const [jump, setJump] = useState<{ key: string } | null>(null);
  const load = () => {
    setFailed(false);
    loadEmoji().then(setAll, () => setFailed(true));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    field.current?.focus();
    load();
  }, []);

  const searching = query.trim() !== '';
  const rows = useMemo(
    () => rowsOf(sectionsOf(all ?? [], query, recent, tone), narrow ? 8 : 9),
    [all, query, recent, tone, narrow],
  );
  const at = rows.find((row) => row.is === 'items' && active >= row.first && active < row.first + row.items.length);
  const chosen = at?.is === 'items' ? at.items[active - at.first] : undefined;
  const pick = (text: string) => {
    noteEmoji(text);
    onPick(text);
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
    const move = keys[event.key] ?? (!searching || walking ? emptyKeys[event.key] : undefined);
    if (event.key === 'Enter') {
      event.preventDefault();
      if (chosen) pick(chosen.text);
      return;
    }
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    const sideways = document.documentElement.dir === 'rtl' ? mirrored[move] : undefined;
    // The first arrow enters the grid at what Enter would pick.
    setActive(walking || searching ? moved(rows, active, sideways ?? move) : active);
    setWalking(true);
    setJump(null);
  };
  return (
    <div className="emoji-picker">
      <input
        ref={field}
        className="input"
        type="search"
        role="combobox"
        aria-label={t('emoji.search')}
        placeholder={t('emoji.search')}
        aria-expanded="true"
        aria-haspopup="grid"
        aria-autocomplete="list"
        aria-controls={id}
        aria-activedescendant={chosen && (walking || searching) ? cellId(id, active) : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={60}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
          setWalking(false);
          setJump(null);
        }}
        onKeyDown={onKey}
      />
      <GroupBar
        hasRecent={recent.length > 0}
        disabled={searching}
        current={at?.key.split(' ')[0] ?? ''}
        onJump={(key) => {
          const row = rows.findIndex((one) => one.is === 'head' && one.key === key);
          const next = rows[row + 1];
          if (next?.is === 'items') setActive(next.first);
          setJump({ key });
        }}
      />
      {failed && <Failure onRetry={load}>{t('common.part-missing')}</Failure>}
      {!failed && (
        <Grid
          id={id}
          rows={rows}
          busy={all === null}
          active={walking || searching ? active : null}
          jump={jump}
          onPick={pick}
          onPoint={setActive}
        />
      )}
      <div className="emoji-foot">
        <span className="emoji-name" aria-hidden="true">
          {chosen && (
            <>
              <span className="emoji">{chosen.text}</span> {chosen.name}
            </>
          )}
        </span>
        <span className="visually-hidden" role="status">
          {searching && all && t('emoji.found', { count: countOf(rows) })}
        </span>
        <SkinTone
          tone={tone}
          onChange={(next) => {
            keepTone(next);
            setTone(next);
          }}
        />
      </div>
    </div>
  );
}

const mirrored: Partial<Record<Move, Move>> = { next: 'previous', previous: 'next' };

function sectionsOf(all: Emoji[], query: string, recent: string[], tone: number): Section<Emoji>[] {
  const inTone = (emoji: Emoji): Emoji =>
    emoji.tones && tone > 0 ? { ...emoji, text: toned(emoji.text, tone) } : emoji;
  if (query.trim()) return [{ key: 'found', title: t('emoji.results'), items: findEmoji(all, query).map(inTone) }];
  const plain = (text: string) => text.replace(/[\u{1F3FB}-\u{1F3FF}]/gu, '');
  const byGroup = Map.groupBy(all, ({ group }) => group);
  return [
    { key: 'recent', title: t('emoji.recent'), items: known(all, recent, plain) },
    ...groups.map(({ key, group, title }) => ({
      key,
      title: t(title),
      items: (byGroup.get(group) ?? []).map(inTone),
    })),
  ];
}

const countOf = (rows: ReturnType<typeof rowsOf<Emoji>>): number =>
  rows.reduce((count, row) => count + (row.is === 'items' ? row.items.length : 0), 0);
