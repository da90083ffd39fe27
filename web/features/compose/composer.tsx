'use client';
import { memo, useEffect, useRef, useState } from 'react';
import type { Contact, Conversation, Message, Template } from '../../lib/api/types';
import { takeHanded } from '../../lib/handoff';
import { t } from '../../lib/i18n';
import { useUser } from '../../lib/sync/hooks';
import { enqueue } from '../../lib/sync/outbox';
import { beginEdit } from '../chat/editing';
import { isSteady } from '../chat/steady';
import { AttachButton } from './attach-button';
import { Chips } from './chips';
import { policyOf } from './choice';
import { Closed } from './closed';
import { Offers } from './complete/offers';
import { useCompletion } from './complete/use-completion';
import { useComposerCommands } from './composer-commands';
import { ComposerFoot } from './composer-foot';
import { DropZone } from './drop-zone';
import { inserted } from './editing';
import { EmojiButton } from './emoji-button';
import { useEnterSends } from './enter';
import { saidVariants, undoOf } from './extras';
import { FilesBeside } from './files-beside';
import { FormatToggle, useFormatted } from './format-toggle';
import { goingOut } from './going-out';
import { lastEditable } from './last-editable';
import { MoreMenu } from './more-menu';
import { Dialogs, FormatBar, type Opened, Panels } from './parts';
import { Replying } from './replying';
import { SendButton } from './send-button';
import { SubjectField } from './subject-field';
import { TextBox } from './text-box';
import { type Returned, UndoBar, useHeld } from './undo-bar';
import { useAttachments, useSendWhenReady } from './use-attachments';
import { useGrowing } from './use-box';
import { useDraft } from './use-draft';
import { useEditor } from './use-editor';
import { useHeard } from './use-heard';
import { useKeys } from './use-keys';
import { useTyping } from './use-typing';
import { useWays } from './use-ways';
import { ViaPicker } from './via-picker';
import { VoiceButton } from './voice';
import { channels } from './ways';

type Props = {
  conversation: Conversation;
  contact: Contact | undefined;
  replyTo: Message | null;
  onReplyDone: () => void;
  onSent: () => void;
  /** A message that could not be sent, to be changed. */
  returned: Returned | null;
  onTaken: () => void;
};

/** Messages that come in do not draw it anew, unless they change what would become of the next one. */
export const Composer = memo(
  DrawnComposer,
  (a, b) =>
    isSteady(a.conversation, b.conversation) &&
    a.contact === b.contact &&
    a.replyTo === b.replyTo &&
    a.returned === b.returned &&
    a.onReplyDone === b.onReplyDone &&
    a.onSent === b.onSent &&
    a.onTaken === b.onTaken,
);

function DrawnComposer({ conversation, contact, replyTo, onReplyDone, onSent, returned, onTaken }: Props) {
  const user = useUser();
  const messages = useHeard(conversation.id);
  const known = useWays(conversation, contact, messages);
  const { ways, usual } = known;
  const draft = useDraft(conversation);
  const { text, subject, extras } = draft;
  const [full, setFull] = useState(false);
  const [opened, setOpened] = useState<ReadonlySet<Opened>>(new Set());
  const [formatted, setFormatted] = useFormatted();
  const uploads = useAttachments(conversation.id);
  const box = useRef<HTMLTextAreaElement>(null);
  const editor = useEditor(box);
  useGrowing(box, text);

  const group = conversation.group !== undefined;
  const out = goingOut({ conversation, known, messages, replyTo, draft, uploads, formatted });
  const { choice, targets, notes, mail, body, empty, stopped } = out;
  const sms = group || targets.some((way) => way.channel === 'sms');
  const typing = useTyping(conversation, targets);
  const completion = useCompletion(editor, conversation);

  const open = (what: Opened) => setOpened((now) => new Set([...now, what]));
  const close = (what: Opened) => {
    setOpened((now) => new Set([...now].filter((one) => one !== what)));
    box.current?.focus();
  };
  const change = (next: string) => {
    draft.write(next);
    typing.wrote(next);
  };
  const takeBack = ({ body, attachments }: Returned) => {
    draft.restore(body);
    uploads.restore(attachments);
    setFormatted(body.format === 'markdown');
    if (Object.keys(saidVariants(body.variants ?? {})).length > 0) open('words');
    box.current?.focus();
  };
  const undoing = useHeld(conversation.id, messages, takeBack);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message that comes back
  useEffect(() => {
    if (!returned) return;
    takeBack(returned);
    onTaken();
  }, [returned]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => {
    const handed = takeHanded(conversation.id);
    if (!handed) return;
    if (handed.text) change([text, handed.text].filter(Boolean).join('\n'));
    if (handed.subject) draft.setSubject(handed.subject);
    uploads.add(handed.files);
    box.current?.focus();
  }, []);
  useEffect(() => {
    if (replyTo) box.current?.focus();
  }, [replyTo]);

  const send = () => {
    if (empty || stopped) return;
    if (uploads.busy) return uploads.await(true);
    const undo = undoOf(user, extras, conversation, targets);
    if (!enqueue(conversation.id, { ...body, ...undo }, uploads.ready)) return setFull(true);
    setFull(false);
    typing.stopped();
    draft.clear();
    if (draft.chosen?.is === 'policy') draft.setChosen(null);
    setOpened(new Set());
    uploads.clear();
    onReplyDone();
    onSent();
  };
  useSendWhenReady(uploads, send);
  const insert = (template: Template) => {
    change([text, template.text].filter(Boolean).join('\n'));
    if (template.subject && !subject) draft.setSubject(template.subject);
    if (template.variants) {
      draft.set({ variants: { ...extras.variants, ...template.variants } });
      open('words');
    }
    if (template.format === 'markdown') setFormatted(true);
  };
  const enterSends = useEnterSends();
  const onKey = useKeys({
    editor,
    completion,
    formatted,
    enterSends,
    onSend: send,
    onEditLast: () => {
      const last = lastEditable(messages, ways);
      if (last) beginEdit(last.id, box.current);
      return last !== undefined;
    },
    onUndo: () => {
      const possible = !text && undoing.held !== null;
      if (possible) void undoing.undo();
      return possible;
    },
    onEscape: () => {
      if (replyTo) onReplyDone();
      return replyTo !== null;
    },
  });

  useComposerCommands({ box, editor, onFormat: () => setFormatted(true), onOpen: open });
  const closed = targets.length > 0 && targets.every((way) => way.closed !== null) ? targets[0] : undefined;
  if (closed) {
    return (
      <Closed
        name={contact?.name ?? conversation.name}
        way={closed}
        others={ways.filter((way) => way.closed === null)}
        onOther={(way) => {
          onReplyDone();
          draft.setChosen({ is: 'account', accountId: way.account.id });
        }}
      />
    );
  }
  const policy = policyOf(choice, known.routes) ?? usual.route?.policy;
  return (
    <>
      <form
        className="composer"
        aria-label={t('compose.write-to', { name: conversation.name })}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <UndoBar {...undoing} />
        {replyTo && <Replying to={replyTo} onDone={onReplyDone} />}
        <Panels
          conversation={conversation}
          carried={group ? channels : targets.map((way) => way.channel)}
          opened={opened}
          body={empty ? null : body}
          extras={extras}
          onClose={close}
          onExtras={draft.set}
        />
        <DropZone onFiles={uploads.add} />
        <div className="composer-box">
          <Offers {...completion} />
          {mail && <SubjectField conversation={conversation} subject={subject} onSubject={draft.setSubject} />}
          <TextBox
            box={box}
            name={conversation.name}
            text={text}
            completion={completion}
            enterSends={enterSends}
            onText={change}
            onKeyDown={onKey}
            onLeave={typing.stopped}
            onFiles={uploads.add}
          />
          <FilesBeside uploads={uploads} />
          <Chips extras={extras} onChange={draft.set} />
          {formatted && <FormatBar editor={editor} />}
          <div className="composer-tools">
            <AttachButton onFiles={uploads.add} />
            <VoiceButton uploads={uploads} />
            <EmojiButton onPick={(emoji) => editor.apply(inserted(editor.read(), emoji))} />
            <FormatToggle
              on={formatted}
              onChange={(on) => {
                setFormatted(on);
                box.current?.focus();
              }}
            />
            <MoreMenu extras={extras} sms={sms} empty={empty} onChange={draft.set} onOpen={open} />
            {(!replyTo || group) &&
              (group || (ways.length > 0 && (ways.length > 1 || conversation.kind === 'direct'))) && (
                <ViaPicker
                  conversation={conversation}
                  choice={choice}
                  known={known}
                  onChoose={draft.setChosen}
                  onOwnRoute={() => open('route')}
                />
              )}
            <SendButton later={extras.sendAt !== null} enterSends={enterSends} disabled={empty || stopped} />
          </div>
        </div>
        <ComposerFoot
          choice={choice}
          known={known}
          targets={targets}
          notes={notes}
          full={full}
          text={text}
          conversationId={conversation.id}
          body={empty ? null : body}
          onOwnRoute={() => open('route')}
        />
      </form>
      <Dialogs
        opened={opened}
        extras={extras}
        policy={policy ?? { steps: [{ channels: [targets[0]?.channel ?? 'im'] }] }}
        draft={{ text, format: formatted ? 'markdown' : 'plain', subject, variants: extras.variants }}
        onClose={close}
        onExtras={draft.set}
        onPolicy={(next) => draft.setChosen({ is: 'policy', policy: next })}
        onTemplate={insert}
      />
    </>
  );
}
