import type { Attachment, Message, SendBody } from '../api/types';

/** Sent, and held back by the server until then: as it was written, so that undoing gives it back whole. */
export type Held = {
  messageId: string;
  conversationId: string;
  body: SendBody;
  attachments: Attachment[];
  until: number;
};

/** The server began to count before its answer came. */
const answerMs = 300;

let held: Held[] = [];

export const heldOf = (conversationId: string): Held[] =>
  held.filter((one) => one.conversationId === conversationId && one.until > Date.now());

export function forgetHeld(messageId: string): void {
  held = held.filter((one) => one.messageId !== messageId);
}

export function forgetAllHeld(): void {
  held = [];
}

/** Remembers what has just been sent, if the server holds it back. */
export function hold({ conversationId, body, attachments }: Omit<Held, 'messageId' | 'until'>, message: Message): void {
  if (message.undoUntil === undefined || body.undo === undefined) return;
  const now = Date.now();
  const until = now + Number.parseFloat(body.undo.slice('PT'.length)) * 1000 - answerMs;
  held = [
    ...held.filter((one) => one.until > now),
    { messageId: message.id, conversationId, body, attachments, until },
  ];
}
