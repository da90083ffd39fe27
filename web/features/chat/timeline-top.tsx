import type { Timeline } from '../../lib/sync/timeline';
import { Empty, Failure } from '../../ui/states';

type Props = { timeline: Timeline | undefined; start: boolean; bare: boolean; name: string; onRetry: () => void };

/** What stands above the oldest row: what is being fetched, what went wrong, or that here it begins. */
export function TimelineTop({ timeline, start, bare, name, onRetry }: Props) {
  if (timeline?.error) {
    return (
      <div className="timeline-top">
        <Failure onRetry={onRetry}>{timeline.error}</Failure>
      </div>
    );
  }
  if (bare)
    return timeline?.fresh ? (
      <Empty title="No messages yet">What you and {name} write appears here.</Empty>
    ) : (
      <Ghosts />
    );
  if (!start || timeline?.more || !timeline?.fresh) {
    return <p className="timeline-top">{timeline?.loading === 'older' ? 'Loading earlier messages…' : ''}</p>;
  }
  return <p className="timeline-top">Your history with {name} begins here</p>;
}

const ghosts = ['a', 'b', 'c', 'd', 'e', 'f'];

/** The shape of messages, while the first ones are on their way. */
function Ghosts() {
  return (
    <div className="ghosts" role="status" aria-label="Loading messages">
      {ghosts.map((ghost) => (
        <span key={ghost} className="ghost" />
      ))}
    </div>
  );
}
