'use client';
import { useCallback, useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Account, FormField } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { go, link } from '../../lib/router';
import { Dialog } from '../../ui/dialog';
import { networkName } from '../../ui/network-glyph';
import { notify } from '../../ui/notice';
import { Failure, Skeleton } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { AdapterForm } from './adapter-form';
import { refreshAccounts } from './changes';
import { changesOf } from './form-input';

const close = () => go(link.networks);
/** The network may be asked. */
const saveMs = 90_000;

/** What can be changed of an account without signing in again, as its adapter says. */
export function AccountSettings({ account }: { account: Account }) {
  const [fields, setFields] = useState<FormField[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const action = useAction();
  const { id } = account;
  const load = useCallback(async () => {
    setError(null);
    try {
      setFields((await call('getAccountSettings', { params: { id } })).fields);
    } catch (caught) {
      setError(messageOf(caught));
    }
  }, [id]);
  useEffect(() => void load(), [load]);
  const save = async (values: Record<string, string>) => {
    const input = changesOf(fields ?? [], values);
    if (Object.keys(input).length === 0) return close();
    const work = () => call('putAccountSettings', { params: { id }, body: { input }, limitMs: saveMs });
    if (!(await action.run(work))) return;
    await refreshAccounts().catch(() => {});
    notify(t('accounts.saved'));
    close();
  };
  return (
    <Dialog title={t('accounts.settings-of', { name: account.name })} onClose={close}>
      {error && <Failure onRetry={() => void load()}>{error}</Failure>}
      {!fields && !error && <Skeleton rows={2} />}
      {fields?.length === 0 && (
        <>
          <p className="prose">{t('accounts.nothing-to-change', { network: networkName(account.network) })}</p>
          <div className="dialog-actions">
            <a className="button" href={link.again(account.network, account.id)}>
              {t('accounts.sign-in-again')}
            </a>
            <button type="button" className="button button-primary" onClick={close}>
              {t('common.close')}
            </button>
          </div>
        </>
      )}
      {fields && fields.length > 0 && (
        <AdapterForm
          label={t('accounts.settings-of', { name: account.name })}
          fields={fields}
          errors={action.errors}
          error={action.error}
          onSubmit={(values) => void save(values)}
        >
          <div className="dialog-actions">
            <button type="button" className="button" onClick={close}>
              {t('common.cancel')}
            </button>
            <button type="submit" className="button button-primary" disabled={action.busy}>
              {action.busy ? t('accounts.saving') : t('accounts.save')}
            </button>
          </div>
        </AdapterForm>
      )}
    </Dialog>
  );
}
