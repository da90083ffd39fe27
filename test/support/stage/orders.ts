import type {
  Event,
  FormField,
  Member,
  MessageEvent,
  Sent,
  SetupLine,
  State,
  Support,
} from '../../../src/sdk/index.js';

/** What can be set of a chat; all else is as usual. */
export type ChatTerms = {
  send?: { formatting?: Support; attachments?: Support; replies?: Support; maxLength?: number; proves?: Sent['proof'] };
  without?: ('edits' | 'typing' | 'readReceipts' | 'history' | 'members' | 'invites' | 'topic' | 'reactions')[];
  /** What each send answers. */
  sent?: Partial<Sent>;
};

export type Order = { account: string } & (
  | { do: 'deliver'; events: Event[] }
  | { do: 'state'; state: State }
  | { do: 'terms'; chat: string; terms: ChatTerms }
  | { do: 'members'; chat: string; members: Member[] }
  /** Oldest first. `slowMs`: each page takes that long; `broken`: each answer is a failure. */
  | { do: 'history'; chat: string; messages: MessageEvent[]; slowMs?: number; broken?: string }
  | { do: 'settings'; fields: FormField[]; setup?: SetupLine[] }
  /** Answers what was asked of the network so far, oldest first. */
  | { do: 'tell' }
);

export type Asked = { what: string; chat?: string; value?: unknown };
