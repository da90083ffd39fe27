import type { Choice } from './choice';
import { channelName, type Way } from './ways';

/** Who gets it, by which account. */
export function Where({ choice, targets }: { choice: Choice; targets: Way[] }) {
  if (targets.length === 0) return <span className="where" />;
  const text =
    choice.is === 'account'
      ? `to ${targets[0]?.address}`
      : targets.map((way) => `${channelName[way.channel]} to ${way.address}`).join(', ');
  return (
    <span className="where" title={targets.map((way) => `${way.address}, by ${way.account.name}`).join('\n')}>
      {text}
    </span>
  );
}
