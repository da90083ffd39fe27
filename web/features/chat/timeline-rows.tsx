'use client';
import { Fragment, useMemo } from 'react';
import type { Contact, Conversation, Message } from '../../lib/api/types';
import { dayName } from '../../lib/format';
import { facesOf, pictureOf } from '../../lib/pictures';
import { useAccounts, useContacts } from '../../lib/sync/hooks';
import type { Placed } from './arrange';
import { MessageRow } from './message-row';
import type { Thread } from './threads';

type Props = {
  rows: Placed[];
  conversation: Conversation;
  contact: Contact | undefined;
  several: boolean;
  threads: Map<string, Thread>;
  onReply: (message: Message) => void;
  onJump: (message: Message) => void;
};

/** The messages drawn, with days and the "new" line between them. */
export function TimelineRows({ rows, conversation, contact, several, threads, onReply, onJump }: Props) {
  const accounts = useAccounts();
  const contacts = useContacts();
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const faces = useMemo(() => facesOf(contacts), [contacts]);
  const last = rows.at(-1)?.message;
  const direct = conversation.kind === 'direct';
  const person = direct
    ? { name: contact?.name ?? conversation.name, seed: contact?.id ?? conversation.id }
    : undefined;
  const picture = pictureOf(contact);
  const canIn = ({ chatId }: Message) => conversation.chats.find((chat) => chat.id === chatId)?.capabilities;
  return (
    <>
      {rows.map((placed) => {
        const { message } = placed;
        const account = byId.get(message.accountId);
        return (
          <Fragment key={message.id}>
            {placed.day && (
              <p className="day">
                <span>{dayName(message.sentAt)}</span>
              </p>
            )}
            {placed.fresh && (
              <p className="new-line">
                <span>New</span>
              </p>
            )}
            <MessageRow
              placed={placed}
              account={account}
              can={canIn(message) ?? account?.capabilities}
              several={several}
              person={person}
              picture={direct ? picture : faces.get(message.sender.buddyId ?? '')?.url}
              seed={direct ? person?.seed : faces.get(message.sender.buddyId ?? '')?.seed}
              thread={threads.get(message.id)}
              reachable={message === last}
              onReply={onReply}
              onJump={onJump}
            />
          </Fragment>
        );
      })}
    </>
  );
}
