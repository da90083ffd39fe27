'use client';
import { type FormEvent, type ReactNode, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Contact } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { pictureOf } from '../../lib/pictures';
import { useAccounts, useConversation } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { Avatar } from '../../ui/avatar';
import { Confirm } from '../../ui/confirm';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { type Action, useAction } from '../../ui/use-action';
import { waysTo } from '../compose/ways';
import { SendingSection } from '../routes/sending-section';
import { closePane } from '../shell/panes';
import { Addresses } from './addresses';
import { Buddies } from './buddies';
import { Facts } from './facts';
import { isBlocked } from './groups';
import { MergeDialog } from './merge-dialog';
import { openChat } from './open-chat';
import { patchContact } from './patch-contact';
import { ZoneForm } from './zone-form';

/** Who this is: names, addresses, a private note, and what belongs together. */
export function Person({ contact, children }: { contact: Contact; children?: ReactNode }) {
  const [dialog, setDialog] = useState<'merge' | 'remove' | 'block' | null>(null);
  const action = useAction();
  const accounts = useAccounts();
  const conversation = useConversation(contact.conversationId ?? '');
  const canBlock = contact.buddies.some(
    ({ accountId }) => accounts.find((one) => one.id === accountId)?.keeps?.blocking,
  );
  const block = (blocked: boolean) => action.run(() => patchContact(contact, { blocked }));
  return (
    <div className="person">
      <div className="person-head">
        <Avatar
          name={contact.name}
          seed={contact.id}
          url={pictureOf(contact)}
          size={56}
          presence={contact.presence.state}
        />
        <div className="person-who">
          <NameForm key={contact.name} contact={contact} action={action} />
          <p className="muted">
            <Facts contact={contact} />
          </p>
        </div>
      </div>
      {!contact.conversationId && <StartButton contact={contact} action={action} />}
      <FormError text={action.error} />
      <Buddies contact={contact} action={action} />
      <Addresses contact={contact} />
      <ZoneForm contact={contact} action={action} />
      <SendingSection conversation={conversation} contact={contact} />
      <NoteForm key={contact.note ?? ''} contact={contact} action={action} />
      {children}
      <div className="person-actions">
        <button type="button" className="button" onClick={() => setDialog('merge')}>
          <Icon name="merge" /> {t('person.merge-with')}
        </button>
        <button
          type="button"
          className="button"
          aria-pressed={contact.favourite}
          onClick={() => void action.run(() => patchContact(contact, { favourite: !contact.favourite }))}
        >
          <Icon name="star" /> {t('person.favourite')}
        </button>
        {canBlock && (
          <button
            type="button"
            className={isBlocked(contact) ? 'button' : 'button button-quiet-danger'}
            disabled={action.busy}
            onClick={() => (isBlocked(contact) ? void block(false) : setDialog('block'))}
          >
            <Icon name="block" /> {isBlocked(contact) ? t('person.unblock') : t('person.block')}
          </button>
        )}
        <button type="button" className="button button-quiet-danger" onClick={() => setDialog('remove')}>
          <Icon name="trash" /> {t('person.remove')}
        </button>
      </div>
      {dialog === 'merge' && <MergeDialog contact={contact} onClose={() => setDialog(null)} />}
      {dialog === 'block' && (
        <Confirm
          title={t('person.block-title', { name: contact.name })}
          action={t('person.block')}
          danger
          work={() => patchContact(contact, { blocked: true })}
          onClose={() => setDialog(null)}
        >
          <p>{t('person.block-why')}</p>
        </Confirm>
      )}
      {dialog === 'remove' && <RemoveConfirm contact={contact} onClose={() => setDialog(null)} />}
    </div>
  );
}

function NameForm({ contact, action }: { contact: Contact; action: Action }) {
  const [name, setName] = useState(contact.name);
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    const next = name.trim();
    if (next && next !== contact.name) void action.run(() => patchContact(contact, { name: next }));
    else setName(contact.name);
  };
  return (
    <form onSubmit={save}>
      <input
        className="input input-title"
        aria-label={t('person.name')}
        value={name}
        maxLength={120}
        onChange={(event) => setName(event.target.value)}
        onBlur={() => save()}
      />
    </form>
  );
}

function NoteForm({ contact, action }: { contact: Contact; action: Action }) {
  const [note, setNote] = useState(contact.note ?? '');
  const save = () => {
    if (note !== (contact.note ?? '')) void action.run(() => patchContact(contact, { note: note.trim() || null }));
  };
  return (
    <section className="section" aria-label={t('person.note')}>
      <h3>{t('person.note')}</h3>
      <textarea
        className="input"
        aria-label={t('person.private-note')}
        placeholder={t('person.only-you')}
        rows={2}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        onBlur={save}
      />
    </section>
  );
}

function StartButton({ contact, action }: { contact: Contact; action: Action }) {
  const accounts = useAccounts();
  const way = waysTo(contact, accounts)[0];
  if (!way) return <p className="muted">{t('person.unreached')}</p>;
  const start = () => action.run(() => openChat(way.account.id, { address: way.address }));
  return (
    <button type="button" className="button button-primary" disabled={action.busy} onClick={() => void start()}>
      <Icon name="chat" /> {t('person.write-to', { name: contact.name })}
    </button>
  );
}

function RemoveConfirm({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const remove = async () => {
    await call('deleteContact', { params: { id: contact.id } });
    store.contacts.delete(contact.id);
    store.touch('contacts');
    notify(t('person.removed', { name: contact.name }));
    closePane(contact.conversationId ?? '');
  };
  return (
    <Confirm
      title={t('person.remove-title', { name: contact.name })}
      action={t('person.remove')}
      danger
      work={remove}
      onClose={onClose}
    >
      <p>{t('person.remove-why')}</p>
    </Confirm>
  );
}
