'use client';
import { type FormEvent, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { applyChange } from '../../lib/sync/apply';
import { Avatar } from '../../ui/avatar';
import { Confirm } from '../../ui/confirm';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { Switch } from '../../ui/switch';
import { type Action, useAction } from '../../ui/use-action';
import { SendingSection } from '../routes/sending-section';
import { closePane } from '../shell/panes';
import { GroupMembers } from './group-members';
import { patchGroup } from './patch-group';

/** About a group over several networks: its name, who is in it and how each is reached, and where answers go. */
export function GroupPanel({ conversation }: { conversation: Conversation }) {
  const [removing, setRemoving] = useState(false);
  const action = useAction();
  const { id, name, group } = conversation;
  if (!group) return null;
  const relay = (on: boolean) => void action.run(() => patchGroup(id, { relay: on }));
  const remove = async () => {
    await call('deleteGroup', { params: { id } });
    applyChange({ kind: 'conversation', id, rev: conversation.rev, value: null });
    notify(t('groups.deleted', { name }));
    closePane(id);
  };
  return (
    <div className="person">
      <div className="person-head">
        <Avatar name={name} seed={id} size={56} mark="people" />
        <div className="person-who">
          <NameForm key={name} conversation={conversation} action={action} />
        </div>
      </div>
      <FormError text={action.error} />
      <GroupMembers conversation={conversation} action={action} />
      <SendingSection conversation={conversation} />
      <section className="section" aria-label={t('groups.answers')}>
        <h3>{t('groups.answers')}</h3>
        <Switch
          label={t('groups.relay')}
          help={t('groups.relay-help')}
          on={group.relay}
          disabled={action.busy}
          onChange={relay}
        />
      </section>
      <div className="person-actions">
        <button type="button" className="button button-quiet-danger" onClick={() => setRemoving(true)}>
          <Icon name="trash" /> {t('groups.delete')}
        </button>
      </div>
      {removing && (
        <Confirm
          title={t('groups.delete-title', { name })}
          action={t('groups.delete-action')}
          danger
          work={remove}
          onClose={() => setRemoving(false)}
        >
          <p>{t('groups.delete-text')}</p>
        </Confirm>
      )}
    </div>
  );
}

function NameForm({ conversation: { id, name: known }, action }: { conversation: Conversation; action: Action }) {
  const [name, setName] = useState(known);
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    const next = name.trim();
    if (next && next !== known) void action.run(() => patchGroup(id, { name: next }));
    else setName(known);
  };
  return (
    <form onSubmit={save}>
      <input
        className="input input-title"
        aria-label={t('groups.name-label')}
        value={name}
        maxLength={120}
        onChange={(event) => setName(event.target.value)}
        onBlur={() => save()}
      />
    </form>
  );
}
