'use client';
import { useCallback, useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { DigestState } from '../../lib/api/types';
import { ago } from '../../lib/format';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { useAccounts, useLoaded } from '../../lib/sync/hooks';
import { FormError } from '../../ui/form-error';
import { notify } from '../../ui/notice';
import { Failure, Skeleton } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { useNow } from '../../ui/use-now';
import { DigestForm } from './digest-form';

/** Missed messages by mail or SMS while nobody is at Parley. */
export function DigestSettings() {
  const [digest, setDigest] = useState<DigestState | null>(null);
  const [error, setError] = useState<string | null>(null);
  const loaded = useLoaded();
  const accounts = useAccounts().filter(({ channel }) => channel !== 'im');
  const load = useCallback(async () => {
    setError(null);
    try {
      setDigest(await call('getDigest', {}));
    } catch (caught) {
      setError(messageOf(caught));
    }
  }, []);
  useEffect(() => void load(), [load]);
  return (
    <section className="section" aria-label={t('settings.digest')} id="digest">
      <h2>{t('settings.digest')}</h2>
      <p className="muted">{t('settings.digest-lead')}</p>
      {error && <Failure onRetry={() => void load()}>{error}</Failure>}
      {(!digest || !loaded) && !error && <Skeleton rows={2} />}
      {digest && loaded && accounts.length === 0 && (
        <p className="muted">
          {t('settings.digest-none')} <a href={link.add()}>{t('settings.add-network')}</a>
        </p>
      )}
      {digest && loaded && accounts.length > 0 && (
        <>
          {digest.enabled && digest.problem && (
            <p className="warn-line" role="status">
              {digest.problem}
            </p>
          )}
          <DigestForm
            key={JSON.stringify({ ...digest, lastSentAt: null, problem: null })}
            digest={digest}
            accounts={accounts}
            onSaved={setDigest}
          />
          {digest.accountId !== null && <Last digest={digest} onSent={setDigest} />}
        </>
      )}
    </section>
  );
}

function Last({ digest, onSent }: { digest: DigestState; onSent: (digest: DigestState) => void }) {
  const action = useAction();
  const now = useNow(60_000);
  const send = () =>
    action.run(async () => {
      onSent(await call('sendDigest', {}));
      notify(t('settings.digest-sent'));
    });
  return (
    <>
      <p className="digest-last">
        <span className="muted">
          {digest.lastSentAt === null
            ? t('settings.digest-never')
            : t('settings.digest-last', { when: ago(digest.lastSentAt, now) })}
        </span>
        <button type="button" className="button" disabled={action.busy} onClick={() => void send()}>
          {t('settings.digest-now')}
        </button>
      </p>
      <FormError text={action.error} />
    </>
  );
}
