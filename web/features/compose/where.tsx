import type { Choice } from './choice';
import { channelName, type Way } from './ways';

/** What happens to the message when it is sent, as a sentence. */
export function Where({ choice, targets }: { choice: Choice; targets: Way[] }) {
  if (targets.length === 0) return null;
  const [first, ...rest] = targets;
  if (choice.is === 'account' || rest.length === 0) {
    return (
      <span className="where">
        Goes to <b>{first?.address}</b> by {first?.account.name}.
      </span>
    );
  }
  const others = rest.map((way) => `${channelName[way.channel]} to ${way.address}`);
  if (choice.mode === 'all') {
    return (
      <span className="where">
        Goes out {targets.length === 2 ? 'twice' : `${targets.length} times`}: as <Step way={first} />
        {rest.map((way, index) => (
          <span key={way.channel}>
            {index === rest.length - 1 ? ' and as ' : ', as '}
            <Step way={way} />
          </span>
        ))}
        .
      </span>
    );
  }
  return (
    <span className="where">
      Goes once, by the first that is connected: <Step way={first} />, else {others.join(', else ')}.
    </span>
  );
}

function Step({ way }: { way: Way | undefined }) {
  if (!way) return null;
  return (
    <>
      {channelName[way.channel]} to <b>{way.address}</b>
    </>
  );
}
