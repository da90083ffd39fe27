import type { MessageView, Page, PageRequest } from '../views.js';

export type Marks = { starred?: boolean | undefined; pinned?: boolean | undefined };
/** A wording a message had; `at` is when it was written. */
export type EarlierView = { text: string; html?: string; at: string };

/** What the user alone puts on a message, and what it said before. Nothing of this is told to any network. */
export interface MarkService {
  set(userId: string, id: string, marks: Marks): Promise<MessageView>;
  /** Of all conversations, the one starred last first. */
  starred(userId: string, page: PageRequest): Promise<Page<MessageView>>;
  /** Of one conversation, the one pinned last first. */
  pins(userId: string, conversationId: string): Promise<MessageView[]>;
  /** Earlier wordings, the oldest first; not what it says now. */
  edits(userId: string, id: string): Promise<EarlierView[]>;
}
