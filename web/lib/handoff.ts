/** What is to stand in a composer that is about to open: words of a link, or what another app shared. */
export type Handed = { text: string; subject?: string; files: File[] };

const waiting = new Map<string, Handed>();

export function handOver(conversationId: string, handed: Handed): void {
  waiting.set(conversationId, handed);
}

/** Gives it once. */
export function takeHanded(conversationId: string): Handed | undefined {
  const handed = waiting.get(conversationId);
  waiting.delete(conversationId);
  return handed;
}
