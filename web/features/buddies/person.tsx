'use client';
import { type FormEvent, type ReactNode, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Contact } from '../../lib/api/types';
import { pictureOf } from '../../lib/pictures';
import { go, link } from '../../lib/router';
import { useAccounts, useConversation } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { Avatar } from '../../ui/avatar';
import { Confirm } from '../../ui/confirm';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { presenceText } from '../../ui/presence-dot';
import { type Action, useAction } from '../../ui/use-action';
import { waysTo } from '../compose/ways';
import { SendingSection } from '../routes/sending-section';
import { Addresses } from './addresses';
import { Buddies } from './buddies';
import { isBlocked } from './groups';
import { MergeDialog } from './merge-dialog';
import { openChat } from './new-chat';
import { patchContact } from './patch-contact';

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
            {presenceText(contact.presence.state)}
            {contact.presence.note && `: ${contact.presence.note}`}
          </p>
        </div>
      </div>
      {!contact.conversationId && <StartButton contact={contact} action={action} />}
      <FormError text={action.error} />
      <Buddies contact={contact} action={action} />
      <Addresses contact={contact} />
      <SendingSection conversation={conversation} contact={contact} />
      <NoteForm key={contact.note ?? ''} contact={contact} action={action} />
      {children}
      <div className="person-actions">
        <button type="button" className="button" onClick={() => setDialog('merge')}>
          <Icon name="merge" /> Merge with…
        </button>
        <button
          type="button"
          className="button"
          aria-pressed={contact.favourite}
          onClick={() => void action.run(() => patchContact(contact, { favourite: !contact.favourite }))}
        >
          <Icon name="star" /> Favourite
        </button>
        {canBlock && (
          <button
            type="button"
            className={isBlocked(contact) ? 'button' : 'button button-quiet-danger'}
            disabled={action.busy}
            onClick={() => (isBlocked(contact) ? void block(false) : setDialog('block'))}
          >
            <Icon name="block" /> {isBlocked(contact) ? 'Unblock' : 'Block'}
          </button>
        )}
        <button type="button" className="button button-quiet-danger" onClick={() => setDialog('remove')}>
          <Icon name="trash" /> Remove
        </button>
      </div>
      {dialog === 'merge' && <MergeDialog contact={contact} onClose={() => setDialog(null)} />}
      {dialog === 'block' && (
        <Confirm
          title={`Block ${contact.name}?`}
          action="Block"
          danger
          work={() => patchContact(contact, { blocked: true })}
          onClose={() => setDialog(null)}
        >
          <p>Every network of theirs that can is asked to keep their messages away. It can be undone here.</p>
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
        aria-label="Name"
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
    <section className="section" aria-label="Note">
      <h3>Note</h3>
      <textarea
        className="input"
        aria-label="Private note"
        placeholder="Only you see this"
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
  if (!way) return <p className="muted">None of your networks reaches this contact yet.</p>;
  const start = () => action.run(() => openChat(way.account.id, { address: way.address }));
  return (
    <button type="button" className="button button-primary" disabled={action.busy} onClick={() => void start()}>
      <Icon name="chat" /> Write to {contact.name}
    </button>
  );
}

function RemoveConfirm({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const remove = async () => {
    await call('deleteContact', { params: { id: contact.id } });
    store.contacts.delete(contact.id);
    store.touch('contacts');
    notify(`${contact.name} was removed. The history stays.`);
    go(link.home);
  };
  return (
    <Confirm title={`Remove ${contact.name}?`} action="Remove" danger work={remove} onClose={onClose}>
      <p>The contact leaves the list; what was said stays.</p>
    </Confirm>
  );
}
