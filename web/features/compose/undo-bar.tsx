'use client';
import { useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Attachment, Message, SendBody } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { forgetHeld, type Held, heldOf } from '../../lib/sync/held';
import { useValue } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { useNow } from '../../ui/use-now';

export type Returned = { body: SendBody; attachments: Attachment[] };

/** The newest message that is still held back, and how to take it back. */
export function useHeld(conversationId: string, messages: Message[], onUndone: (back: Returned) => void) {
  const find = () => newestHeld(conversationId, messages);
  useValue(`t:${conversationId}`, () => find()?.messageId);
  const [busy, setBusy] = useState(false);
  const held = find();
  useTick(held?.until ?? null);
  const undo = async () => {
    if (!held || busy) return;
    setBusy(true);
    try {
      await call('deleteMessage', { params: { id: held.messageId } });
      // The stream may have shown it before the call that sent it was answered; that knows the whole of it.
      const { body, attachments } =
        heldOf(conversationId).find(({ messageId }) => messageId === held.messageId) ?? held;
      forgetHeld(held.messageId);
      onUndone({ body, attachments });
    } catch (error) {
      notify(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { held, busy, undo };
}

function newestHeld(conversationId: string, messages: Message[]): Held | null {
  const now = Date.now();
  const ours = heldOf(conversationId).at(-1);
  if (ours && ours.until > now) return ours;
  const other = messages.findLast(
    ({ undoUntil, deletedAt, status }) =>
      undoUntil !== undefined && Date.parse(undoUntil) > now && !deletedAt && status === 'queued',
  );
  if (!other?.undoUntil) return null;
  return {
    messageId: other.id,
    conversationId,
    body: { text: other.text, attachments: other.attachments.map(({ id }) => id) },
    attachments: other.attachments,
    until: Date.parse(other.undoUntil),
  };
}

/** Draws anew once the time is over. */
function useTick(until: number | null): void {
  const [, setOver] = useState(0);
  useEffect(() => {
    if (until === null) return;
    const timer = setTimeout(() => setOver(until), Math.max(0, until - Date.now()) + 20);
    return () => clearTimeout(timer);
  }, [until]);
}

type Props = ReturnType<typeof useHeld>;

/** Told once to those who do not see it; the seconds are for the eye. */
export function UndoBar({ held, busy, undo }: Props) {
  return (
    <>
      <p className="visually-hidden" role="status">
        {held && t('compose.held')}
      </p>
      {held && (
        <p className="undo-bar">
          <span aria-hidden="true">{rich('compose.sending-in', { seconds: <Countdown until={held.until} /> })}</span>
          <button type="button" className="link-button" disabled={busy} onClick={() => void undo()}>
            <Icon name="undo" size={14} /> {t('compose.undo')}
          </button>
        </p>
      )}
    </>
  );
}

function Countdown({ until }: { until: number }) {
  const now = useNow(250);
  return <>{Math.max(0, Math.ceil((until - now) / 1000))}</>;
}
