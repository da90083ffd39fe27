import type { Timeline } from '../../lib/sync/timeline';
import { Empty, Failure } from '../../ui/states';

type Props = {
  timeline: Timeline | undefined;
  /** The oldest that is known is drawn. */
  start: boolean;
  bare: boolean;
  name: string;
  /** Accounts of this conversation that are not connected. */
  away: string[];
  onRetry: () => void;
};

/** Fruitless answers after which a person has to ask. */
export const patience = 3;

/** What stands above the oldest row, always as tall: what is being fetched, what went wrong, or that here it begins. */
export function TimelineTop({ timeline, start, bare, name, away, onRetry }: Props) {
  if (timeline?.error) {
    return (
      <div className="timeline-top">
        <Failure onRetry={onRetry}>{timeline.error}</Failure>
      </div>
    );
  }
  if (bare && !timeline?.fresh) return <Ghosts />;
  if (bare && timeline?.history !== 'more' && timeline?.history !== 'unavailable')
    return <Empty title="No messages yet">What you and {name} write appears here.</Empty>;
  if (timeline?.loading === 'older') {
    const asked = timeline.history === null ? 'Loading earlier messages…' : 'Fetching older messages from the network…';
    return (
      <p className="timeline-top" role="status">
        {asked}
      </p>
    );
  }
  if (!start || !timeline?.fresh) return <p className="timeline-top" />;
  if (timeline.history === 'unavailable') {
    return (
      <p className="timeline-top">
        <span>
          {away.length > 0
            ? `Older messages when ${away.join(' and ')} ${away.length > 1 ? 'are' : 'is'} online again. `
            : 'Older messages cannot be fetched right now. '}
          <Again label="Try again" onClick={onRetry} />
        </span>
      </p>
    );
  }
  if (timeline.more) {
    return (
      <p className="timeline-top">
        {timeline.fruitless >= patience && <Again label="Look for older messages" onClick={onRetry} />}
      </p>
    );
  }
  return (
    <p className="timeline-top">
      {timeline.history === 'end'
        ? `The conversation with ${name} begins here`
        : `Your history with ${name} begins here`}
    </p>
  );
}

function Again({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className="link-button" onClick={onClick}>
      {label}
    </button>
  );
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
