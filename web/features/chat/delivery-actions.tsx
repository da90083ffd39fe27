'use client';
import { call } from '../../lib/api/client';
import type { Delivery } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { takeDelivery } from '../../lib/sync/apply';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';

/** What a person can still do about one way of a message, and what it would mean. */
export function DeliveryActions({ delivery }: { delivery: Delivery }) {
  const action = useAction();
  const { status } = delivery;
  const params = { id: delivery.id };
  const run = (work: () => Promise<Delivery>) => () => void action.run(async () => takeDelivery(await work()));
  const retry = run(() => call('retryDelivery', { params }));
  const cancel = run(() => call('cancelDelivery', { params }));
  const resolve = (outcome: 'sent' | 'failed') => run(() => call('resolveDelivery', { params, body: { outcome } }));
  if (status !== 'queued' && status !== 'failed' && status !== 'unknown' && status !== 'cancelled') return null;
  return (
    <div className="entry-actions">
      {status === 'unknown' && (
        <>
          <p className="entry-ask">{t('ledger.may-have-arrived')}</p>
          <Button label={t('ledger.arrived')} busy={action.busy} onClick={resolve('sent')} />
          <Button label={t('ledger.did-not')} busy={action.busy} onClick={resolve('failed')} />
        </>
      )}
      {status === 'queued' && <Button label={t('ledger.cancel-way')} busy={action.busy} quiet onClick={cancel} />}
      {status !== 'queued' && (
        <>
          <Button
            label={status === 'cancelled' ? t('ledger.send-after-all') : t('ledger.send-again')}
            busy={action.busy}
            onClick={retry}
          />
          <span className="entry-hint">{status === 'unknown' ? t('ledger.get-it-twice') : t('ledger.new-try')}</span>
        </>
      )}
      <FormError text={action.error} />
    </div>
  );
}

type ButtonProps = { label: string; busy: boolean; quiet?: boolean; onClick: () => void };

function Button({ label, busy, quiet, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      className={quiet ? 'button button-small button-quiet-danger' : 'button button-small'}
      disabled={busy}
      onClick={onClick}
    >
      {label}
    </button>
  );
}
