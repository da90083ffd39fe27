'use client';
import { type FormEvent, useState } from 'react';
import type { Account } from '../../lib/api/types';
import { ago, fullTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { go, link } from '../../lib/router';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { notify } from '../../ui/notice';
import { type Action, useAction } from '../../ui/use-action';
import { useNow } from '../../ui/use-now';
import { patchAccount, reconnect, removeAccount } from './changes';
import { SetupLines } from './setup-lines';
import { Resting, Standby } from './standby';
import { StateLine } from './state-line';

export function AccountCard({ account }: { account: Account }) {
  const [dialog, setDialog] = useState<'rename' | 'remove' | null>(null);
  const action = useAction();
  const now = useNow(30_000);
  const headingId = `account-${account.id}`;
  return (
    <li className="account" aria-labelledby={headingId}>
      <span className="account-glyph">
        <NetworkGlyph network={account.network} channel={account.channel} size={18} quiet />
      </span>
      <div className="account-who">
        <h2 className="account-name" id={headingId}>
          {account.name}
        </h2>
        <p className="account-sub">
          {networkName(account.network)}
          {account.lastEventAt && (
            <>
              {' · '}
              {rich('accounts.last-heard', {
                ago: ago(account.lastEventAt, now),
                time: (words) => (
                  <time dateTime={account.lastEventAt ?? undefined} title={fullTime(account.lastEventAt ?? '')}>
                    {words}
                  </time>
                ),
              })}
            </>
          )}
        </p>
      </div>
      <div className="account-menu">
        <AccountMenu account={account} action={action} onDialog={setDialog} />
      </div>
      <div className="account-rest">
        <StateLine account={account} />
        <Resting account={account} />
        <Standby account={account} action={action} />
        <SetupLines account={account} />
        <FormError text={action.error} />
      </div>
      <div className="account-action">
        <MainAction account={account} action={action} />
      </div>
      {dialog === 'rename' && <Rename account={account} onClose={() => setDialog(null)} />}
      {dialog === 'remove' && <Remove account={account} onClose={() => setDialog(null)} />}
    </li>
  );
}

/** The one thing to do about the state it is in, if there is one. */
function MainAction({ account, action }: { account: Account; action: Action }) {
  const { enabled, state } = account;
  if (!enabled) {
    return (
      <button
        type="button"
        className="button"
        disabled={action.busy}
        onClick={() => void action.run(() => patchAccount(account, { enabled: true }))}
      >
        {t('accounts.switch-on')}
      </button>
    );
  }
  if (state.is === 'needs-login') {
    return (
      <a className="button button-primary" href={link.again(account.network, account.id)}>
        {t('accounts.sign-in-again')}
      </a>
    );
  }
  if (state.is === 'waiting' || state.is === 'failed' || state.is === 'stopped') {
    return (
      <button
        type="button"
        className="button"
        disabled={action.busy}
        onClick={() => void action.run(() => reconnect(account))}
      >
        {state.is === 'waiting' ? t('accounts.try-now') : t('accounts.reconnect')}
      </button>
    );
  }
  return null;
}

type MenuProps = { account: Account; action: Action; onDialog: (dialog: 'rename' | 'remove') => void };

function AccountMenu({ account, action, onDialog }: MenuProps) {
  return (
    <Menu
      label={t('accounts.actions-for', { name: account.name })}
      title={t('accounts.actions')}
      trigger={<Icon name="more" />}
    >
      {account.keeps?.settings && (
        <MenuItem onSelect={() => go(link.account(account.id))}>
          <Icon name="settings" /> {t('accounts.settings')}
        </MenuItem>
      )}
      <MenuItem onSelect={() => onDialog('rename')}>
        <Icon name="edit" /> {t('accounts.rename')}
      </MenuItem>
      {account.enabled && (
        <MenuItem onSelect={() => void action.run(() => reconnect(account))}>
          <Icon name="networks" /> {t('accounts.reconnect')}
        </MenuItem>
      )}
      <MenuItem onSelect={() => go(link.again(account.network, account.id))}>
        <Icon name="person" /> {t('accounts.sign-in-again')}
      </MenuItem>
      <MenuItem onSelect={() => void action.run(() => patchAccount(account, { enabled: !account.enabled }))}>
        <Icon name={account.enabled ? 'offline' : 'check'} />{' '}
        {account.enabled ? t('accounts.switch-off') : t('accounts.switch-on')}
      </MenuItem>
      <hr className="menu-line" />
      <MenuItem danger onSelect={() => onDialog('remove')}>
        <Icon name="trash" /> {t('accounts.remove')}
      </MenuItem>
    </Menu>
  );
}

function Rename({ account, onClose }: { account: Account; onClose: () => void }) {
  const [name, setName] = useState(account.name);
  const action = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await action.run(() => patchAccount(account, { name: name.trim() }))) onClose();
  };
  return (
    <Dialog title={t('accounts.rename-title', { name: account.name })} onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <TextField
          label={t('accounts.name')}
          help={t('accounts.name-help')}
          autoComplete="off"
          data-autofocus
          maxLength={80}
          value={name}
          onValue={setName}
          error={action.errors.name}
        />
        {!action.errors.name && <FormError text={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary" disabled={action.busy || !name.trim()}>
            {t('accounts.rename')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Remove({ account, onClose }: { account: Account; onClose: () => void }) {
  const remove = async () => {
    await removeAccount(account);
    notify(t('accounts.removed', { name: account.name }));
  };
  return (
    <Confirm
      title={t('accounts.remove-title', { name: account.name })}
      action={t('accounts.remove')}
      danger
      work={remove}
      onClose={onClose}
    >
      <p>{t('accounts.remove-text', { network: networkName(account.network) })}</p>
    </Confirm>
  );
}
