'use client';
import { memo, useState } from 'react';
import type { Account, Capabilities, Message } from '../../lib/api/types';
import { clock, fullTime } from '../../lib/format';
import { Avatar } from '../../ui/avatar';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import type { Placed } from './arrange';
import { Attachments } from './attachments';
import { DeliveryLine, DeliveryMeta } from './delivery-line';
import { useAskedToEdit } from './edit-asked';
import { EditForm } from './edit-form';
import { MessageActions } from './message-actions';
import { isRich, MessageBody } from './message-body';
import { MessageButtons } from './message-buttons';
import { Quote } from './quote';
import { Reactions } from './reactions';
import { Readers } from './readers';
import { ThreadCount } from './thread-count';

type Props = {
  placed: Placed;
  account: Account | undefined;
  can: Capabilities | undefined;
  /** The conversation has several networks, so each message says which. */
  several: boolean;
  /** The one person of a direct conversation, whatever they are called on each network. */
  person: { name: string } | undefined;
  /** Of whoever wrote it, where there is one. */
  picture: string | undefined;
  /** What the hue of their initials comes from. */
  seed: string | undefined;
  /** How much of its thread is in the window, where it began one. */
  thread: number | undefined;
  /** Takes part in the order of the Tab key. */
  reachable: boolean;
  onReply: (message: Message) => void;
  onJump: (message: Message) => void;
};

export const MessageRow = memo(DrawnRow, isSame);

/** Rows are placed anew with each news; only what changed is drawn. */
function isSame(a: Props, b: Props): boolean {
  return (
    a.placed.message === b.placed.message &&
    a.placed.first === b.placed.first &&
    a.account === b.account &&
    a.can === b.can &&
    a.several === b.several &&
    a.person?.name === b.person?.name &&
    a.picture === b.picture &&
    a.seed === b.seed &&
    a.thread === b.thread &&
    a.reachable === b.reachable &&
    a.onReply === b.onReply &&
    a.onJump === b.onJump
  );
}

function DrawnRow(props: Props) {
  const { placed, account, can, several, person, picture, seed, thread, reachable, onReply, onJump } = props;
  const { message, first } = placed;
  const [editing, setEditing] = useState(false);
  const edited = useAskedToEdit(message.id, () => setEditing(true));
  // Hundreds of rows are drawn; only those a person comes near get their buttons.
  const [near, setNear] = useState(false);
  const approach = () => setNear(true);
  const own = message.direction === 'out';
  const room = person === undefined;
  const name = own ? 'You' : (person?.name ?? message.sender.name);
  const named = first && message.format !== 'action' && message.format !== 'system';
  return (
    <article
      className={classesOf(message, first, room)}
      data-message={message.id}
      data-roving
      tabIndex={reachable ? 0 : -1}
      aria-label={labelOf(message, name)}
      onPointerEnter={approach}
      onFocus={approach}
    >
      <span className="message-gutter">
        {named && !own && <Avatar name={name} seed={seed ?? message.sender.buddyId ?? name} url={picture} size={32} />}
        {!named && <Time message={message} brief />}
      </span>
      <div className="message-main">
        {named && (
          <p className="message-head">
            <span className="message-name" title={own ? undefined : message.sender.name}>
              <bdi>{name}</bdi>
            </span>
            <Time message={message} />
            {message.format === 'notice' && <span className="message-kind">Notice</span>}
          </p>
        )}
        <div className="message-body">
          {!message.deletedAt && <Before message={message} onJump={onJump} />}
          {editing ? (
            <EditForm
              message={message}
              onDone={() => {
                setEditing(false);
                edited();
              }}
            />
          ) : (
            <MessageBody message={message} mail={(account?.channel ?? message.network) === 'email'} />
          )}
          {!message.deletedAt && <Attachments items={listed(message)} />}
          {!message.deletedAt && message.buttons && <MessageButtons rows={message.buttons} />}
        </div>
        {!message.deletedAt && <Reactions message={message} possible={can?.reactions ?? false} room={room} />}
        {thread && <ThreadCount root={message} count={thread} />}
        {own && <DeliveryLine message={message} />}
      </div>
      <span className="message-side">
        {own && message.receipts && room && <Readers receipts={message.receipts} />}
        {own ? (
          <DeliveryMeta message={message} several={several} />
        ) : (
          <span className="message-meta">{several && <NetworkGlyph network={message.network} />}</span>
        )}
      </span>
      {near && !editing && (
        <MessageActions message={message} can={can} onReply={onReply} onEdit={() => setEditing(true)} />
      )}
    </article>
  );
}

type BeforeProps = { message: Message; onJump: (message: Message) => void };

/** What it is part of, or answers. */
function Before({ message: { conversationId, replyTo, thread }, onJump }: BeforeProps) {
  return (
    <>
      {thread && <Quote conversationId={conversationId} messageId={thread} thread onJump={onJump} />}
      {replyTo && replyTo !== thread && <Quote conversationId={conversationId} messageId={replyTo} onJump={onJump} />}
    </>
  );
}

/** Without what the formatted text shows already. */
const listed = (message: Message) =>
  isRich(message)
    ? message.attachments.filter((file) => !file.contentId || !message.html?.includes(file.url))
    : message.attachments;

function classesOf(message: Message, first: boolean, room: boolean): string {
  const own = message.direction === 'out' ? ` message-own${room ? ' message-room' : ''}` : '';
  return `message message-${message.format}${own}${first ? ' message-first' : ''}`;
}

function labelOf(message: Message, name: string): string {
  const text = message.deletedAt
    ? 'deleted'
    : message.unreadable
      ? `cannot be read: ${message.unreadable}`
      : message.text.slice(0, 300) || (message.attachments[0]?.name ?? '');
  return `${name}, ${clock(message.sentAt)}, ${networkName(message.network)}: ${text}`;
}

/** `brief`: without the half of the day, for the narrow column beside a group. */
function Time({ message, brief }: { message: Message; brief?: boolean }) {
  const text = clock(message.sentAt);
  return (
    <time className="message-time" dateTime={message.sentAt} title={fullTime(message.sentAt)}>
      {brief ? text.replace(/\s?[AP]M$/i, '') : text}
    </time>
  );
}
