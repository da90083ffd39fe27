'use client';
import { t } from '../../lib/i18n';
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
    <section className="request closed" aria-label={t('compose.closed')}>
      <p className="request-text closed-text">
        <Icon name="block" />
        {way.closed === 'blocked'
          ? t('compose.blocked', { name, network })
          : t(way.channel === 'sms' ? 'compose.opted-out-sms' : 'compose.opted-out', { name, network })}
      </p>
      <div className="request-actions">
        {way.closed === 'blocked' && buddyId && (
          <button
            type="button"
            className="button"
            disabled={action.busy}
            onClick={() => void action.run(() => patchBuddy(buddyId, { blocked: false }))}
          >
            {t('compose.unblock')}
          </button>
        )}
        {others.map((other) => (
          <button key={other.account.id} type="button" className="button" onClick={() => onOther(other)}>
            {t('compose.write-by', { network: networkName(other.account.network) })}
          </button>
        ))}
      </div>
      <FormError text={action.error} />
    </section>
  );
}
