'use client';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { networkName } from '../../ui/network-glyph';
import { useAction } from '../../ui/use-action';
import { patchBuddy } from '../buddies/patch-buddy';
import type { Way } from './ways';

type Props = { name: string; way: Way; others: Way[]; onOther: (way: Way) => void };

/** Stands in the place of the text where nothing may be written: why, and what can be done instead. */
export function Closed({ name, way, others, onOther }: Props) {
  const action = useAction();
  const network = networkName(way.account.network);
  const { buddyId } = way;
  return (
    <section className="request closed" aria-label="Nothing can be written here">
      <p className="request-text closed-text">
        <Icon name="block" />
        {way.closed === 'blocked'
          ? `You blocked ${name} on ${network}. Nothing goes there, and nothing comes from there.`
          : `${name} asked to get no more messages by ${network}. Parley sends nothing there until they ${way.channel === 'sms' ? 'write START' : 'allow it again'}.`}
      </p>
      <div className="request-actions">
        {way.closed === 'blocked' && buddyId && (
          <button
            type="button"
            className="button"
            disabled={action.busy}
            onClick={() => void action.run(() => patchBuddy(buddyId, { blocked: false }))}
          >
            Unblock
          </button>
        )}
        {others.map((other) => (
          <button key={other.account.id} type="button" className="button" onClick={() => onOther(other)}>
            Write by {networkName(other.account.network)}
          </button>
        ))}
      </div>
      <FormError text={action.error} />
    </section>
  );
}
