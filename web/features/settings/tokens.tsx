'use client';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Token, User } from '../../lib/api/types';
import { ago } from '../../lib/format';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { Failure, Skeleton } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { CopyLine } from '../accounts/copy-line';

type Scope = Token['scopes'][number];
const scopeText = (scope: Scope): string => t(`settings.scope-${scope}`);

/** Personal tokens for programs, as `Authorization: Bearer`. */
export function Tokens({ user }: { user: User }) {
  const [tokens, setTokens] = useState<Token[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [dialog, setDialog] = useState<'new' | Token | null>(null);
  const load = useCallback(async () => {
    setError(null);
    try {
      setTokens((await call('listTokens', { query: { limit: 200 } })).items);
    } catch (caught) {
      setError(messageOf(caught));
    }
  }, []);
  useEffect(() => void load(), [load]);
  return (
    <section className="section" aria-label={t('settings.tokens')}>
      <h2>{t('settings.tokens')}</h2>
      <p className="muted">
        {rich('settings.tokens-lead', {
          link: (
            <a href="/api/docs" target="_blank" rel="noopener noreferrer">
              /api/docs
            </a>
          ),
        })}
      </p>
      {error && <Failure onRetry={() => void load()}>{error}</Failure>}
      {!tokens && !error && <Skeleton rows={1} />}
      {tokens && tokens.length > 0 && (
        <ul className="lines" aria-label={t('settings.tokens-list')}>
          {tokens.map((token) => (
            <TokenLine key={token.id} token={token} onRevoke={() => setDialog(token)} />
          ))}
        </ul>
      )}
      <p>
        <button type="button" className="button" onClick={() => setDialog('new')}>
          <Icon name="plus" /> {t('settings.new-token')}
        </button>
      </p>
      {dialog === 'new' && <NewToken user={user} onMade={load} onClose={() => setDialog(null)} />}
      {dialog && dialog !== 'new' && <Revoke token={dialog} onGone={load} onClose={() => setDialog(null)} />}
    </section>
  );
}

function TokenLine({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const now = Date.now();
  const scopes = token.scopes.map(scopeText).join(', ');
  const made = ago(token.createdAt, now);
  return (
    <li className="line">
      <span className="line-text">
        <span className="line-main">{token.name}</span>
        <span className="line-sub">
          {token.lastUsedAt
            ? t('settings.token-used', { scopes, made, used: ago(token.lastUsedAt, now) })
            : t('settings.token-unused', { scopes, made })}
        </span>
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={t('settings.revoke-name', { name: token.name })}
        title={t('settings.revoke')}
        onClick={onRevoke}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}

function NewToken({ user, onMade, onClose }: { user: User; onMade: () => Promise<void>; onClose: () => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Scope[]>(['read', 'write']);
  const [made, setMade] = useState<string | null>(null);
  const action = useAction();
  const offered: Scope[] = user.role === 'admin' ? ['read', 'write', 'admin'] : ['read', 'write'];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void action.run(async () => {
      const { token } = await call('createToken', { body: { name: name.trim(), scopes } });
      setMade(token ?? null);
      await onMade();
    });
  };
  if (made) {
    return (
      <Dialog title={t('settings.your-token')} onClose={onClose}>
        <p className="prose">{t('settings.copy-now')}</p>
        <CopyLine label={t('settings.token')} value={made} />
        <div className="dialog-actions">
          <button type="button" className="button button-primary" onClick={onClose}>
            {t('settings.done')}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t('settings.new-token')} onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <TextField
          label={t('settings.name')}
          help={t('settings.token-name-help')}
          autoComplete="off"
          data-autofocus
          maxLength={80}
          value={name}
          onValue={setName}
          error={action.errors.name}
        />
        <fieldset className="checks">
          <legend>{t('settings.may')}</legend>
          {offered.map((scope) => (
            <label key={scope} className="check">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(offered.filter((one) => (one === scope ? event.target.checked : scopes.includes(one))))
                }
              />
              {scopeText(scope)}
            </label>
          ))}
        </fieldset>
        {!action.errors.name && <FormError text={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={action.busy || !name.trim() || scopes.length === 0}
          >
            {t('settings.create-token')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Revoke({ token, onGone, onClose }: { token: Token; onGone: () => Promise<void>; onClose: () => void }) {
  const revoke = async () => {
    await call('deleteToken', { params: { id: token.id } });
    notify(t('settings.revoked', { name: token.name }));
    await onGone();
  };
  return (
    <Confirm
      title={t('settings.revoke-ask', { name: token.name })}
      action={t('settings.revoke')}
      danger
      work={revoke}
      onClose={onClose}
    >
      <p>{t('settings.revoke-what')}</p>
    </Confirm>
  );
}
