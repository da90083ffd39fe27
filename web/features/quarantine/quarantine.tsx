'use client';
import { useCallback, useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Quarantined } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Confirm } from '../../ui/confirm';
import { notify } from '../../ui/notice';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { QuarantinedLine } from './quarantined-line';

/** What Parley could not process is kept for its user, who tries it again or throws it away. */
export function QuarantineSection() {
  const [items, setItems] = useState<Quarantined[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [discarding, setDiscarding] = useState<Quarantined | null>(null);
  const load = useCallback(async () => {
    setError(null);
    try {
      setItems((await call('listQuarantined', { query: { limit: 200 } })).items);
    } catch (caught) {
      setError(messageOf(caught));
    }
  }, []);
  useEffect(() => void load(), [load]);
  const discard = async ({ id }: Quarantined) => {
    await call('discardQuarantined', { params: { id } });
    notify(t('quarantine.discarded'));
    await load();
  };
  return (
    <section className="section" aria-label={t('quarantine.title')}>
      <h2>{t('quarantine.title')}</h2>
      <p className="muted">{t('quarantine.lead')}</p>
      {error && <Failure onRetry={() => void load()}>{error}</Failure>}
      {!items && !error && <Skeleton rows={1} />}
      {items?.length === 0 && <Empty title={t('quarantine.none')}>{t('quarantine.none-text')}</Empty>}
      {items && items.length > 0 && (
        <ul className="lines" aria-label={t('quarantine.list')}>
          {items.map((one) => (
            <QuarantinedLine key={one.id} item={one} onChange={load} onDiscard={() => setDiscarding(one)} />
          ))}
        </ul>
      )}
      {discarding && (
        <Confirm
          title={t('quarantine.discard-ask')}
          action={t('quarantine.discard')}
          danger
          work={() => discard(discarding)}
          onClose={() => setDiscarding(null)}
        >
          <p>{t('quarantine.discard-what')}</p>
        </Confirm>
      )}
    </section>
  );
}
