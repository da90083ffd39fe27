import type { MessageView } from '../views.js';

/** What the links of messages lead to. */
export interface LinkPreviewService {
  /**
   * Looks where a message's links lead, unless that is known, the user wants none, or nobody would expect it of this
   * message. What was found stands with the message from then on, in all windows.
   */
  look(userId: string, messageId: string): Promise<MessageView>;
}
