'use client';
import { Fragment, memo, useMemo, useState } from 'react';
import type { Contact, Conversation, Message } from '../../lib/api/types';
import { dayName } from '../../lib/format';
import { t } from '../../lib/i18n';
import { facesOf, pictureOf } from '../../lib/pictures';
import { useAccounts, useContacts } from '../../lib/sync/hooks';
import type { Placed } from './arrange';
import { MessageRow } from './message-row';
import { JumpDialog } from './timeline-ways';

type Props = {
  rows: Placed[];
  conversation: Conversation;
  contact: Contact | undefined;
  several: boolean;
  threads: Map<string, number>;
  onReply: (message: Message) => void;
  onJump: (message: Message) => void;
  /** Days lead elsewhere. */
  onTime?: (at: string) => void;
};

/** The messages drawn, with days and the "new" line between them. */
export const TimelineRows = memo(function TimelineRows(props: Props) {
  const { rows, conversation, contact, several, threads, onReply, onJump, onTime } = props;
  const [asking, setAsking] = useState<string | null>(null);
  const accounts = useAccounts();
  const contacts = useContacts();
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const last = rows.at(-1)?.message;
  const direct = conversation.kind === 'direct';
  const faces = useMemo(() => facesOf(direct ? [] : contacts), [direct, contacts]);
  const person = direct
    ? { name: contact?.name ?? conversation.name, seed: contact?.id ?? conversation.id, url: pictureOf(contact) }
    : undefined;
  const canIn = ({ chatId }: Message) => conversation.chats.find((chat) => chat.id === chatId)?.capabilities;
  return (
    <>
      {rows.map((placed) => {
        const { message } = placed;
        const account = byId.get(message.accountId);
        const face = person ?? faces.get(message.sender.buddyId ?? '');
        return (
          <Fragment key={message.id}>
            {placed.day && (
              <p className="day">
                <Day at={message.sentAt} onAsk={onTime && setAsking} />
              </p>
            )}
            {placed.fresh && (
              <p className="new-line">
                <span>{t('timeline.new')}</span>
              </p>
            )}
            <MessageRow
              placed={placed}
              account={account}
              can={canIn(message) ?? account?.capabilities}
              several={several}
              person={person}
              picture={face?.url}
              seed={face?.seed}
              thread={threads.get(message.id)}
              reachable={message === last}
              onReply={onReply}
              onJump={onJump}
            />
          </Fragment>
        );
      })}
      {asking && onTime && <JumpDialog at={asking} onTime={onTime} onClose={() => setAsking(null)} />}
    </>
  );
});

function Day({ at, onAsk }: { at: string; onAsk: ((at: string) => void) | undefined }) {
  const day = dayName(at);
  if (!onAsk) return <span>{day}</span>;
  return (
    <button type="button" tabIndex={-1} aria-label={t('timeline.to-date', { day })} onClick={() => onAsk(at)}>
      {day}
    </button>
  );
}
