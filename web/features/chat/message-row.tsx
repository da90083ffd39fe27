'use client';
import { type KeyboardEvent, type MouseEvent, memo, useState } from 'react';
import type { Account, Capabilities, Message } from '../../lib/api/types';
import { clock, fullTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Avatar } from '../../ui/avatar';
import { Icon } from '../../ui/icons';
import { lazily } from '../../ui/lazily';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import type { Placed } from './arrange';
import { Attachments } from './attachments';
import { DeliveryLine, DeliveryMeta } from './delivery-line';
import { endEdit, useEditing } from './editing';
import { Forwarded } from './forwarded';
import { MessageActions } from './message-actions';
import { isRich, MessageBody } from './message-body';
import { MessageButtons } from './message-buttons';
import { pointAt } from './pointed';
import { Quote } from './quote';
import { Reactions } from './reactions';
import { Readers } from './readers';
import { SelectBox } from './select-box';
import { endSelection, extendFrom, setSelected, takeExtending, toggleSelected, useSelected } from './selection';
import { ThreadCount } from './thread-count';

const EditForm = lazily(() => import('./edit-form').then((found) => found.EditForm));

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
  const { id, conversationId } = message;
  const editing = useEditing(id);
  const selected = useSelected(conversationId, id);
  // Hundreds of rows are drawn; only those a person comes near get their buttons.
  const [near, setNear] = useState(false);
  const approach = () => setNear(true);
  const onFocus = () => {
    approach();
    pointAt(id);
    if (takeExtending()) setSelected(conversationId, id, true);
  };
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return;
    if (event.shiftKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) extendFrom(conversationId, id);
    else if (selected !== null && event.key === ' ') toggleSelected(conversationId, id);
    else if (selected !== null && event.key === 'Escape') endSelection();
    else return;
    if (event.key === ' ') event.preventDefault();
  };
  // While messages are chosen, pressing one anywhere chooses it.
  const choose = (event: MouseEvent) => {
    if (selected === null) return;
    event.preventDefault();
    event.stopPropagation();
    toggleSelected(conversationId, id);
  };
  const own = message.direction === 'out';
  const room = person === undefined;
  const name = own ? t('message.you') : (person?.name ?? message.sender.name);
  const named = first && message.format !== 'action' && message.format !== 'system';
  return (
    <article
      className={classesOf(message, first, room)}
      data-message={id}
      data-selected={selected ?? undefined}
      data-roving
      tabIndex={reachable ? 0 : -1}
      aria-label={labelOf(message, name)}
      onPointerEnter={approach}
      onFocus={onFocus}
      onKeyDown={onKey}
      onClickCapture={choose}
    >
      <span className="message-gutter">
        {named && !own && <Avatar name={name} seed={seed ?? message.sender.buddyId ?? name} url={picture} size={32} />}
        {!named && <Time message={message} brief />}
        {selected !== null && <SelectBox on={selected} name={name} />}
      </span>
      <div className="message-main">
        {named && (
          <p className="message-head">
            <span className="message-name" title={own ? undefined : message.sender.name}>
              <bdi>{name}</bdi>
            </span>
            <Time message={message} />
            {message.format === 'notice' && <span className="message-kind">{t('message.notice')}</span>}
          </p>
        )}
        <div className="message-body">
          {!message.deletedAt && message.forwardOf && <Forwarded of={message.forwardOf} />}
          {!message.deletedAt && <Before message={message} onJump={onJump} />}
          {editing ? (
            <EditForm message={message} onDone={endEdit} />
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
        {(message.starred || message.pinned) && <Marked message={message} />}
        {own && message.receipts && room && <Readers receipts={message.receipts} />}
        {own ? (
          <DeliveryMeta message={message} several={several} />
        ) : (
          <span className="message-meta">{several && <NetworkGlyph network={message.network} />}</span>
        )}
      </span>
      {near && !editing && selected === null && <MessageActions message={message} can={can} onReply={onReply} />}
    </article>
  );
}

/** The user's own marks on it. */
function Marked({ message: { starred, pinned } }: { message: Message }) {
  return (
    <span className="message-marked">
      {starred && (
        <span role="img" aria-label={t('message.starred')} title={t('message.starred')}>
          <Icon name="star" size={12} filled />
        </span>
      )}
      {pinned && (
        <span role="img" aria-label={t('message.pinned')} title={t('message.pinned')}>
          <Icon name="pin" size={12} filled />
        </span>
      )}
    </span>
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
    ? t('message.said-deleted')
    : message.unreadable
      ? t('message.said-unreadable', { why: message.unreadable })
      : message.text.slice(0, 300) || (message.attachments[0]?.name ?? '');
  const marks = [message.starred && t('message.starred'), message.pinned && t('message.pinned')].filter(Boolean);
  const end = marks.length > 0 ? ` (${marks.join(', ')})` : '';
  return `${name}, ${clock(message.sentAt)}, ${networkName(message.network)}: ${text}${end}`;
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
