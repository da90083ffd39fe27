import type { PreviewView } from '../previews/service.js';
import type { DeliveryView, MessageView } from '../views.js';

export type ForwardRequest = {
  conversationIds: string[];
  /** Said with it. */
  text?: string | undefined;
  /** Says who wrote it; absent: where that was somebody else. */
  named?: boolean | undefined;
};

/** Where it could not go, `problem` says why. */
export type Forwarded = {
  conversationId: string;
  message?: MessageView;
  deliveries?: DeliveryView[];
  problem?: { code: string; detail: string };
};

export interface ForwardService {
  /** A message of its own in each conversation. Throws where it can go to none of them. */
  forward(userId: string, id: string, request: ForwardRequest & { onceKey?: string | undefined }): Promise<Forwarded[]>;
  /** What each conversation would get; nothing is stored or sent. */
  preview(
    userId: string,
    id: string,
    request: ForwardRequest,
  ): Promise<{ conversationId: string; preview: PreviewView }[]>;
}
