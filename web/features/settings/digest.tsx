'use client';
import { useCallback, useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { DigestState } from '../../lib/api/types';
import { ago } from '../../lib/format';
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
    <section className="section" aria-label="Missed messages" id="digest">
      <h2>Missed messages</h2>
      <p className="muted">
        While you are away from Parley, what you missed comes by mail or SMS. Answer it there, and your answer goes to
        who wrote.
      </p>
      {error && <Failure onRetry={() => void load()}>{error}</Failure>}
      {(!digest || !loaded) && !error && <Skeleton rows={2} />}
      {digest && loaded && accounts.length === 0 && (
        <p className="muted">
          It is sent by an account of yours for mail or SMS, and you have none yet.{' '}
          <a href={link.add()}>Add a network</a>
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
      notify('Sent to you.');
    });
  return (
    <>
      <p className="digest-last">
        <span className="muted">
          {digest.lastSentAt === null ? 'None was sent yet.' : `Last sent ${ago(digest.lastSentAt, now)}.`}
        </span>
        <button type="button" className="button" disabled={action.busy} onClick={() => void send()}>
          Send one now
        </button>
      </p>
      <FormError text={action.error} />
    </>
  );
}
