import type { Broadcast } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { type Standing, settled, standings, standingWord } from './progress';

/** How far it is with everybody, as lengths. What they stand for is said beside it, too. */
export function Bar({ broadcast, thin }: { broadcast: Broadcast; thin?: boolean }) {
  const { total, progress } = broadcast;
  const shown = standings.filter((one) => progress[one] > 0);
  const done = settled(broadcast);
  return (
    <div
      className={thin ? 'bar bar-thin' : 'bar'}
      role="progressbar"
      aria-label={broadcast.name}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      aria-valuetext={t('broadcasts.of', { some: done, all: total })}
    >
      {shown.map((one) => (
        <span
          key={one}
          className={`bar-part ${partOf(one)}`}
          style={{ flexGrow: progress[one] }}
          title={standingWord(one)}
        />
      ))}
    </div>
  );
}

export const partOf = (standing: Standing): string => `part-${standing}`;
