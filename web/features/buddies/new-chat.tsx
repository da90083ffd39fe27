'use client';
import { type FormEvent, useState } from 'react';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { useAccounts } from '../../lib/sync/hooks';
import { Dialog } from '../../ui/dialog';
import { Field, TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { networkName } from '../../ui/network-glyph';
import { Empty } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { useNetworks } from '../accounts/use-networks';
import { openChat } from './open-chat';

export function NewChat({ onClose, accountId: first }: { onClose: () => void; accountId?: string }) {
  const accounts = useAccounts().filter((account) => account.enabled);
  const { networks } = useNetworks();
  const [accountId, setAccountId] = useState(first ?? accounts[0]?.id ?? '');
  const [address, setAddress] = useState('');
  const action = useAction();
  const account = accounts.find((one) => one.id === accountId);
  const network = networks.find((one) => one.id === account?.network);
  // IRC's channel prefixes, RFC 2811 section 2.1; a `+` also begins a telephone number.
  const join = account?.channel === 'im' && /^[#&!]/.test(address.trim());
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const target = join ? { join: address.trim() } : { address: address.trim() };
    if (await action.run(() => openChat(accountId, target))) onClose();
  };
  if (accounts.length === 0) {
    return (
      <Dialog title={t('person.new-chat')} onClose={onClose}>
        <Empty
          title={t('person.no-network')}
          action={
            <a className="button button-primary" href={link.add()} onClick={onClose}>
              {t('person.add-a-network')}
            </a>
          }
        />
      </Dialog>
    );
  }
  return (
    <Dialog title={t('person.new-chat')} onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <Field label={t('person.from')} error={action.errors.accountId}>
          {(ids) => (
            <select className="input" {...ids} value={accountId} onChange={(event) => setAccountId(event.target.value)}>
              {accounts.map((one) => (
                <option key={one.id} value={one.id}>
                  {t('person.account-on', { account: one.name, network: networkName(one.network) })}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField
          label={t('person.to')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          data-autofocus
          placeholder={network?.addressHint}
          value={address}
          onValue={setAddress}
          error={action.errors.address ?? action.errors.join}
        />
        {Object.keys(action.errors).length === 0 && <FormError text={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary" disabled={action.busy || !address.trim()}>
            {action.busy ? t('person.opening') : join ? t('person.join-channel') : t('person.open-chat')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
