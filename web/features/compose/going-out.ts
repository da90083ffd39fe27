import type { Conversation, Message, SendBody } from '../../lib/api/types';
import { type Choice, type Known, targetOf, waysOf } from './choice';
import { extrasBody } from './extras';
import { remarks } from './losses';
import type { Uploads } from './use-attachments';
import type { DraftState } from './use-draft';
import { defaultChoice } from './use-ways';

type Written = {
  conversation: Conversation;
  known: Known;
  messages: Message[];
  replyTo: Message | null;
  draft: DraftState;
  uploads: Uploads;
  formatted: boolean;
};

/** The message as it would go out now: by which ways, what is lost on them, and what the server is told. */
export function goingOut({ conversation, known, messages, replyTo, draft, uploads, formatted }: Written) {
  const { text, subject, extras } = draft;
  const choice: Choice =
    replyTo && !conversation.group
      ? { is: 'account', accountId: replyTo.accountId }
      : (draft.chosen ?? defaultChoice(conversation, messages, known.ways));
  const targets = waysOf(choice, known);
  const notes = remarks({ text, attachments: uploads.ready, replies: replyTo !== null, formatted }, targets);
  const mail = targets.some((way) => way.channel === 'email') && conversation.kind === 'direct';
  const body: SendBody = {
    text,
    ...(formatted && text.trim() ? { format: 'markdown' } : {}),
    ...targetOf(choice, conversation),
    ...(replyTo ? { replyTo: replyTo.id } : {}),
    ...(uploads.ready.length > 0 ? { attachments: uploads.ready.map((file) => file.id) } : {}),
    ...(mail && subject.trim() ? { subject: subject.trim() } : {}),
    ...extrasBody(extras),
  };
  return {
    choice,
    targets,
    notes,
    mail,
    body,
    empty: !text.trim() && uploads.items.length === 0,
    stopped: notes.some((note) => note.stops) || uploads.failed,
  };
}
