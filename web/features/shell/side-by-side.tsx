'use client';
import { t } from '../../lib/i18n';
import { fitting, type Panes } from '../../lib/panes';
import { recentPanes } from '../../lib/router';
import { useConversation } from '../../lib/sync/hooks';
import { Boundary } from '../../ui/boundary';

import { ConversationView } from './conversation';
import { PaneFrame } from './pane-frame';
import { useRoom } from './panes';
import { useShares } from './shares';
import { Splitter } from './splitter';

type Props = { panes: Panes /** Drawn anew whenever this changes. */; look: string };

/** The conversations that are open, as many as fit. */
export function SideBySide({ panes, look }: Props) {
  const { room } = useRoom();
  const shown = fitting(panes, room, recentPanes());
  const widths = useShares(shown.length);
  const several = shown.length > 1;
  const here = panes.list[panes.at]?.id;
  /** Between a conversation and the one before it. */
  const edgeOf = (index: number) => {
    const before = shown[index - 1];
    if (!before) return null;
    const set = (share: number) => widths.set(index - 1, share);
    return <Edge id={before.id} share={widths.of(index - 1)} onShare={set} onEven={widths.even} />;
  };
  return (
    <div className="panes" data-several={several || undefined}>
      {shown.map((pane, index) => (
        <PaneFrame
          key={`${pane.id} ${look}`}
          pane={pane}
          focused={pane.id === here}
          several={several}
          share={widths.shares[index] ?? 1}
          edge={edgeOf(index)}
        >
          <Boundary place={JSON.stringify(pane)}>
            <ConversationView id={pane.id} panel={pane.panel} />
          </Boundary>
        </PaneFrame>
      ))}
    </div>
  );
}

type EdgeProps = { id: string; share: number; onShare: (share: number) => void; onEven: () => void };

function Edge({ id, ...rest }: EdgeProps) {
  const name = useConversation(id)?.name ?? t('shell.conversation');
  return <Splitter name={name} {...rest} />;
}
