'use client';
import type { Account } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';

/** Long enough to be taken elsewhere rather than read. */
const longText = 40;

/** What there is to know of an account, or to enter at the network's own side. */
export function SetupLines({ account }: { account: Account }) {
  if (!account.setup || account.setup.length === 0) return null;
  return (
    <dl className="account-facts">
      {account.setup.map(({ label, value }) => (
        <div key={label} className="account-fact">
          <dt>{label}</dt>
          <dd>{isToCopy(value) ? <Copied label={label} value={value} /> : value}</dd>
        </div>
      ))}
    </dl>
  );
}

const isToCopy = (value: string): boolean =>
  /^\w+:\/\//.test(value) || (value.length >= longText && !value.includes(' '));

function Copied({ label, value }: { label: string; value: string }) {
  const copy = () =>
    navigator.clipboard?.writeText(value).then(
      () => notify(t('accounts.copied', { label })),
      () => notify(t('accounts.no-copy')),
    ) ?? notify(t('accounts.no-copy'));
  return (
    <span className="account-copy">
      <code title={value}>{value}</code>
      <button
        type="button"
        className="icon-button"
        aria-label={t('accounts.copy-label', { label })}
        title={t('accounts.copy')}
        onClick={() => void copy()}
      >
        <Icon name="copy" />
      </button>
    </span>
  );
}
