'use client';
import { useState } from 'react';
import type { Conversation, GroupMember } from '../../lib/api/types';
import { sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { pictureOf } from '../../lib/pictures';
import { link } from '../../lib/router';
import { useContact } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { Dialog } from '../../ui/dialog';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { Failure, Skeleton } from '../../ui/states';
import { type Action, useAction } from '../../ui/use-action';
import { mostMembers, patchGroup } from './patch-group';
import { PeoplePicker } from './people-picker';
import { ChannelWords } from './reach-marks';
import { Unreached } from './unreached';
import { useGroupMembers } from './use-group-members';

/** Who is in the group, by which channels each is reached, and why somebody is not. */
export function GroupMembers({ conversation, action }: { conversation: Conversation; action: Action }) {
  const [choosing, setChoosing] = useState(false);
  const { items, error, reload } = useGroupMembers(conversation);
  const known = conversation.group?.members ?? [];
  const members: GroupMember[] = items ?? known.map((one) => ({ ...one, channels: [] }));
  const ids = known.map((one) => one.contactId);
  const remove = (contactId: string) =>
    void action.run(() => patchGroup(conversation.id, { contactIds: ids.filter((id) => id !== contactId) }));
  return (
    <section className="section" aria-label={t('groups.members')} aria-busy={items === null}>
      <h3>
        {t('groups.members')} <span className="section-count">{members.length}</span>
      </h3>
      {error && <Failure onRetry={reload}>{error}</Failure>}
      {members.length === 0 && !error && <Skeleton rows={2} />}
      <ul className="lines">
        {members.map((member) => (
          <Member
            key={member.contactId}
            member={member}
            only={members.length === 1}
            busy={action.busy}
            onRemove={() => remove(member.contactId)}
          />
        ))}
      </ul>
      <p>
        <button type="button" className="button" onClick={() => setChoosing(true)}>
          <Icon name="plus" /> {t('groups.add-or-remove')}
        </button>
      </p>
      {choosing && <Choose conversation={conversation} ids={ids} onClose={() => setChoosing(false)} />}
    </section>
  );
}

type MemberProps = { member: GroupMember; only: boolean; busy: boolean; onRemove: () => void };

function Member({ member: { contactId, name, channels, problem }, only, busy, onRemove }: MemberProps) {
  const contact = useContact(contactId);
  return (
    <li className="line">
      <Avatar name={name} seed={contactId} url={pictureOf(contact)} size={28} presence={contact?.presence.state} />
      <span className="line-text">
        <a className="line-main member-link" href={link.person(contactId)}>
          {name}
        </a>
        {problem ? (
          <span className="line-sub person-problem">
            <Icon name="warning" size={12} /> {sentence(problem)}
          </span>
        ) : (
          <span className="line-sub">
            <ChannelWords channels={channels} />
          </span>
        )}
      </span>
      {!only && (
        <button
          type="button"
          className="icon-button"
          aria-label={t('groups.remove', { name })}
          title={t('groups.remove', { name })}
          disabled={busy}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

function Choose({ conversation, ids, onClose }: { conversation: Conversation; ids: string[]; onClose: () => void }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(ids));
  const action = useAction();
  const save = async () => {
    if (await action.run(() => patchGroup(conversation.id, { contactIds: [...chosen] }))) onClose();
  };
  return (
    <Dialog title={t('groups.people-in', { name: conversation.name })} onClose={onClose} wide>
      <PeoplePicker label={t('groups.people')} chosen={chosen} onChange={setChosen} most={mostMembers} />
      <Unreached chosen={chosen} />
      <FormError text={action.errors.contactIds ?? action.error} />
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t('common.cancel')}
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={action.busy || chosen.size === 0}
          onClick={() => void save()}
        >
          {t('groups.save')}
        </button>
      </div>
    </Dialog>
  );
}
