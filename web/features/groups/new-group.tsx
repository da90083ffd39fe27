'use client';
import { type FormEvent, useRef, useState } from 'react';
import { call } from '../../lib/api/client';
import { useFirstBad } from '../../lib/forms';
import { t } from '../../lib/i18n';
import { go, link } from '../../lib/router';
import { takeConversation } from '../../lib/sync/apply';
import { TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { Switch } from '../../ui/switch';
import { useAction } from '../../ui/use-action';
import { mostMembers } from './patch-group';
import { PeoplePicker } from './people-picker';
import { Unreached } from './unreached';

/** People of any networks, written to as one conversation. */
export function NewGroup() {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [relay, setRelay] = useState(false);
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  useFirstBad(form, action.errors);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await action.run(async () => {
      const body = { name: name.trim(), contactIds: [...chosen], relay };
      const value = await call('createGroup', { body });
      takeConversation(value);
      go(link.conversation(value.id));
    });
  };
  return (
    <main className="pane" aria-label={t('groups.new')}>
      <header className="pane-head">
        <a className="icon-button back" href={link.home} aria-label={t('groups.back')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{t('groups.new')}</h1>
      </header>
      <div className="pane-scroll">
        <form className="form page-column" ref={form} onSubmit={submit} noValidate>
          <p className="prose muted">{t('groups.intro')}</p>
          <TextField
            label={t('groups.name')}
            help={t('groups.name-help')}
            autoComplete="off"
            maxLength={120}
            value={name}
            onValue={setName}
            error={action.errors.name}
          />
          <PeoplePicker label={t('groups.people')} chosen={chosen} onChange={setChosen} most={mostMembers} />
          <Unreached chosen={chosen} />
          <Switch label={t('groups.relay')} help={t('groups.relay-help')} on={relay} onChange={setRelay} />
          {!action.errors.name && <FormError text={action.errors.contactIds ?? action.error} />}
          <div className="form-end">
            <button
              type="submit"
              className="button button-primary"
              disabled={action.busy || !name.trim() || chosen.size === 0}
            >
              {action.busy ? t('groups.creating') : t('groups.create')}
            </button>
          </div>
        </form>
      </div>
    </main>
  );
}
