'use client';
import { Activity, memo, type ReactNode, useRef } from 'react';
import { t } from '../../lib/i18n';
import { fitting, type Pane, type Panes } from '../../lib/panes';
import { recentPanes } from '../../lib/router';
import { useConversation } from '../../lib/sync/hooks';
import { Boundary } from '../../ui/boundary';
import { useNarrow } from '../../ui/use-narrow';
import { useBehind } from './behind';
import { ClosePane } from './close-pane';
import { ConversationView } from './conversation';
import { PaneFrame } from './pane-frame';
import { PaneMain } from './pane-main';
import { useRoom } from './panes';
import { useShares } from './shares';
import { Splitter } from './splitter';
import { useKept } from './use-kept';

type Props = { panes: Panes /** Drawn anew whenever this changes. */; look: string };

/** The conversations that are open, as many as fit. */
export function SideBySide({ panes, look }: Props) {
  const { room } = useRoom();
  const shown = fitting(panes, room, recentPanes());
  const { drawn, isReady } = useKept(shown, useNarrow());
  const widths = useShares(shown.length);
  const box = useRef<HTMLDivElement>(null);
  const several = shown.length > 1;
  const here = panes.list[panes.at]?.id;
  useBehind(box, several ? null : (shown[0]?.id ?? null), isReady);
  /** Between a conversation and the one before it. */
  const edgeOf = (index: number) => {
    const before = several ? shown[index - 1] : undefined;
    if (!before) return null;
    const set = (share: number) => widths.set(index - 1, share);
    return <Edge id={before.id} share={widths.of(index - 1)} onShare={set} onEven={widths.even} />;
  };
  return (
    <div className="panes" ref={box} data-several={several || undefined}>
      {drawn.map((pane, index) => (
        <Activity key={`${pane.id} ${look}`} mode={shown.some(({ id }) => id === pane.id) ? 'visible' : 'hidden'}>
          <OnePane
            pane={pane}
            focused={!several || pane.id === here}
            several={several}
            share={several ? (widths.shares[index] ?? 1) : 1}
            edge={edgeOf(index)}
          />
        </Activity>
      ))}
    </div>
  );
}

/** The others go on, and it can be closed. */
function BrokenPane({ id, children }: { id: string; children: ReactNode }) {
  const name = useConversation(id)?.name ?? t('shell.conversation');
  return (
    <PaneMain className="pane" aria-label={name}>
      <div className="pane-head">
        <h1 className="pane-title">{name}</h1>
        <ClosePane id={id} />
      </div>
      <div className="pane-scroll">{children}</div>
    </PaneMain>
  );
}

type OneProps = { pane: Pane; focused: boolean; several: boolean; share: number; edge: ReactNode };

/** Those that stay ready are not drawn anew with the others. */
const OnePane = memo(function OnePane({ pane, ...rest }: OneProps) {
  return (
    <PaneFrame pane={pane} {...rest}>
      <Boundary place={JSON.stringify(pane)} instead={(words) => <BrokenPane id={pane.id}>{words}</BrokenPane>}>
        <ConversationView id={pane.id} panel={pane.panel} />
      </Boundary>
    </PaneFrame>
  );
});

type EdgeProps = { id: string; share: number; onShare: (share: number) => void; onEven: () => void };

function Edge({ id, ...rest }: EdgeProps) {
  const name = useConversation(id)?.name ?? t('shell.conversation');
  return <Splitter name={name} {...rest} />;
}
