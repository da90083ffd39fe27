/** A file of a message for whoever has its signed link. */
export type LinkedFile = { name: string; type: string; size: number; content(): Promise<NodeJS.ReadableStream> };

/** A link that went out. `leadsTo`: the file's name, or the address behind a short link. */
export type MessageLinkView = {
  kind: 'file' | 'short';
  leadsTo: string;
  address: string;
  expiresAt: string;
  endedAt?: string;
};

/** Links that go out with messages. The first two are for anybody: what is forged is `not-found`, what is over `gone`. */
export interface LinkService {
  file(token: string, signature: string): Promise<LinkedFile>;
  /** Where a short link leads. */
  target(code: string): Promise<string>;
  list(userId: string, messageId: string): Promise<MessageLinkView[]>;
  /** Ends all links of a message at once. */
  revoke(userId: string, messageId: string): Promise<void>;
}
