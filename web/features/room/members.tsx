'use client';
import { useDeferredValue, useMemo, useState } from 'react';
import type { Chat, Contact, Member, PresenceState } from '../../lib/api/types';
import { count } from '../../lib/format';
import { t } from '../../lib/i18n';
import { type Face, facesOf } from '../../lib/pictures';
import { useContacts } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { FormError } from '../../ui/form-error';
import { PresenceDot, presenceText } from '../../ui/presence-dot';
import { Failure, Skeleton } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { VirtualList } from '../../ui/virtual-list';
import { matches } from '../buddies/matching';
import { openChat } from '../buddies/open-chat';
import { useMembers } from './use-members';

const rowHeight = 44;
/** From here on there is something to search in. */
const few = 8;

const roleText = (role: Member['role']): string | null => (role === 'member' ? null : t(`room.${role}`));

/** Who is in a room; choosing one opens a chat with them. */
export function Members({ conversationId, chat }: { conversationId: string; chat: Chat }) {
  const { items, loading, error, reload } = useMembers(conversationId, chat.id);
  const [typed, setTyped] = useState('');
  const query = useDeferredValue(typed);
  const contacts = useContacts();
  const faces = useMemo(() => facesOf(contacts), [contacts]);
  const known = useMemo(() => presencesOf(contacts), [contacts]);
  const found = useMemo(() => (query.trim() ? search(items, query) : items), [items, query]);
  const action = useAction();
  const write = (member: Member) => void action.run(() => openChat(chat.accountId, { address: member.address }));
  return (
    <section className="section" aria-label={t('room.members')} aria-busy={loading}>
      <h3>
        {t('room.members')}{' '}
        <span className="section-count" role="status">
          {items.length > 0 &&
            (query.trim()
              ? t('room.found-of', { found: found.length, total: count(items.length) })
              : count(items.length))}
        </span>
      </h3>
      {items.length > few && (
        <input
          className="input"
          type="search"
          aria-label={t('room.find')}
          placeholder={t('room.find')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      {error && <Failure onRetry={reload}>{error}</Failure>}
      <FormError text={action.error} />
      {loading && items.length === 0 && <Skeleton rows={3} />}
      {found.length > 0 && (
        <VirtualList
          label={t('room.members')}
          items={found}
          keyOf={(one) => one.address}
          rowHeight={rowHeight}
          about={query}
        >
          {(one) => (
            <Row
              member={
                one.presence === 'unknown' ? { ...one, presence: known.get(one.buddyId ?? '') ?? 'unknown' } : one
              }
              face={faces.get(one.buddyId ?? '')}
              onWrite={() => write(one)}
            />
          )}
        </VirtualList>
      )}
      {!loading && !error && found.length === 0 && (
        <p className="muted">{query.trim() ? t('room.nobody') : t('room.nobody-named')}</p>
      )}
    </section>
  );
}

/** Those whose name begins with what was typed come first. */
function search(members: Member[], query: string): Member[] {
  const found = members.filter((one) => matches(query, one.name, [one.address]));
  const start = query.trim().toLowerCase();
  const begins = (one: Member) => one.name.toLowerCase().startsWith(start);
  return [...found.filter(begins), ...found.filter((one) => !begins(one))];
}

/** What is known of people otherwise: a room may not tell it. */
function presencesOf(contacts: Contact[]): Map<string, PresenceState> {
  return new Map(contacts.flatMap(({ buddies }) => buddies.map((one) => [one.id, one.presence.state] as const)));
}

function Row({ member, face, onWrite }: { member: Member; face: Face | undefined; onWrite: () => void }) {
  const { name, address, presence, role } = member;
  const said = roleText(role);
  return (
    <button type="button" className="member" data-roving title={t('room.write-to', { name })} onClick={onWrite}>
      <PresenceDot state={presence} quiet />
      <Avatar name={name} seed={face?.seed ?? address} url={face?.url} size={28} />
      <span className="line-text">
        <span className="line-main">{name}</span>
        {address !== name && <span className="line-sub">{address}</span>}
      </span>
      {said && <span className="tag">{said}</span>}
      <span className="visually-hidden">{presenceText(presence)}</span>
    </button>
  );
}
