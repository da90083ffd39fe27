'use client';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Contact, Conversation, Message } from '../../lib/api/types';
import { useAccounts } from '../../lib/sync/hooks';
import { enqueue } from '../../lib/sync/outbox';
import { Icon } from '../../ui/icons';
import { AttachButton } from './attach-button';
import { AttachmentList } from './attachment-list';
import { type Choice, defaultChoice, defaultTerms, type Terms, targetOf, waysOf } from './choice';
import { Closed } from './closed';
import { readDraft, saveDraft } from './drafts';
import { factsOf } from './facts';
import { FactsLine } from './facts-line';
import { FormatToggle, useFormatted } from './format-toggle';
import { remarks } from './losses';
import { TermsLine } from './terms-line';
import { useAttachments } from './use-attachments';
import { useDropAnywhere, useGrowing } from './use-box';
import { useTyping } from './use-typing';
import { ViaPicker } from './via-picker';
import { waysIn } from './ways';
import { Where } from './where';

type Props = {
  conversation: Conversation;
  contact: Contact | undefined;
  messages: Message[];
  replyTo: Message | null;
  onReplyDone: () => void;
  onSent: () => void;
  /** Text given back by a message that could not be sent. */
  returned: { text: string } | null;
};

export function Composer({ conversation, contact, messages, replyTo, onReplyDone, onSent, returned }: Props) {
  const accounts = useAccounts();
  const ways = waysIn(conversation, contact, accounts);
  const [text, setText] = useState(() => readDraft(conversation.id));
  const [subject, setSubject] = useState('');
  const [chosen, setChosen] = useState<Choice | null>(null);
  const [terms, setTerms] = useState<Terms>(defaultTerms);
  const [full, setFull] = useState(false);
  const [formatted, setFormatted] = useFormatted();
  const uploads = useAttachments();
  const box = useRef<HTMLTextAreaElement>(null);
  useDropAnywhere(uploads.add);
  useGrowing(box, text);

  const choice: Choice = replyTo
    ? { is: 'account', accountId: replyTo.accountId }
    : (chosen ?? defaultChoice(conversation, messages, ways));
  const targets = waysOf(choice, ways);
  const draft = { text, attachments: uploads.ready, replies: replyTo !== null, formatted };
  const notes = remarks(draft, targets);
  const stopped = notes.some((note) => note.stops) || uploads.busy || uploads.failed;
  const empty = !text.trim() && uploads.ready.length === 0;
  const mail = targets.some((way) => way.channel === 'email') && conversation.kind === 'direct';

  const typing = useTyping(conversation, targets);

  const change = (next: string) => {
    setText(next);
    typing.wrote(next);
    saveDraft(conversation.id, next);
  };
  useEffect(() => {
    if (returned) {
      setText((now) => (now ? `${returned.text}\n${now}` : returned.text));
      box.current?.focus();
    }
  }, [returned]);
  useEffect(() => {
    if (replyTo) box.current?.focus();
  }, [replyTo]);

  const send = () => {
    if (empty || stopped) return;
    const body = {
      text,
      ...(formatted && text.trim() ? { format: 'markdown' as const } : {}),
      ...targetOf(choice, terms, ways, conversation),
      ...(replyTo ? { replyTo: replyTo.id } : {}),
      ...(uploads.ready.length > 0 ? { attachments: uploads.ready.map((file) => file.id) } : {}),
      ...(mail && subject.trim() ? { subject: subject.trim() } : {}),
    };
    if (!enqueue(conversation.id, body, uploads.ready)) return setFull(true);
    setFull(false);
    change('');
    setSubject('');
    uploads.clear();
    onReplyDone();
    onSent();
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && replyTo) {
      event.preventDefault();
      onReplyDone();
    }
  };

  const closed = targets.length > 0 && targets.every((way) => way.closed !== null) ? targets[0] : undefined;
  if (closed) {
    const others = ways.filter((way) => way.closed === null);
    return (
      <Closed
        name={contact?.name ?? conversation.name}
        way={closed}
        others={others}
        onOther={(way) => {
          onReplyDone();
          setChosen({ is: 'account', accountId: way.account.id });
        }}
      />
    );
  }
  return (
    <form
      className="composer"
      aria-label="Write a message"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {replyTo && (
        <p className="replying">
          <Icon name="reply" size={14} />
          <span className="replying-text">
            <b>{replyTo.sender.name}</b> {replyTo.text}
          </span>
          <button type="button" className="icon-button" aria-label="Do not reply to this" onClick={onReplyDone}>
            <Icon name="close" size={14} />
          </button>
        </p>
      )}
      <div className="composer-box">
        {mail && (
          <input
            className="subject"
            aria-label="Email subject"
            placeholder={subjectHint(conversation)}
            value={subject}
            maxLength={300}
            onChange={(event) => setSubject(event.target.value)}
          />
        )}
        <textarea
          ref={box}
          className="composer-text"
          aria-label="Message"
          placeholder={`Write to ${conversation.name}`}
          rows={1}
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKey}
          onBlur={typing.stopped}
          onPaste={(event) => {
            if (event.clipboardData.files.length > 0) {
              event.preventDefault();
              uploads.add(event.clipboardData.files);
            }
          }}
        />
        <AttachmentList uploads={uploads} />
        <div className="composer-tools">
          <AttachButton onFiles={uploads.add} />
          <FormatToggle on={formatted} onChange={setFormatted} />
          {ways.length > 0 && !replyTo && (ways.length > 1 || conversation.kind === 'direct') && (
            <ViaPicker conversation={conversation} choice={choice} ways={ways} onChoose={setChosen} />
          )}
          <button type="submit" className="send" aria-label="Send" title="Send (Enter)" disabled={empty || stopped}>
            <Icon name="send" />
          </button>
        </div>
      </div>
      <div className="composer-foot">
        {choice.is === 'route' && choice.mode === 'fallback' && targets.length > 1 ? (
          <TermsLine ways={targets} terms={terms} onChange={setTerms} />
        ) : (
          (mail || targets.length > 1 || ways.length > 1) && <Where choice={choice} targets={targets} />
        )}
        <FactsLine facts={factsOf(targets)} />
        <span className="remarks" role="status">
          {full && <span className="remark remark-stop">Too many messages wait to be sent</span>}
          {notes.map((note) => (
            <span key={note.text} className={note.stops ? 'remark remark-stop' : 'remark'}>
              {note.text}
            </span>
          ))}
        </span>
      </div>
    </form>
  );
}

function subjectHint(conversation: Conversation): string {
  const subject = conversation.chats.findLast((chat) => chat.subject)?.subject;
  return subject ? `Subject: goes on with “${subject}”` : 'Subject';
}
