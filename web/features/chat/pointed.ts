/** The message that had the focus last: what is done from the keyboard is done with it. */
let pointed: string | null = null;

export const pointedAt = (): string | null => pointed;

export function pointAt(messageId: string): void {
  pointed = messageId;
}
