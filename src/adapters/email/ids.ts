import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { type ChatId, limits, type RemoteId } from '../../sdk/index.js';

/**
 * Ids of this adapter.
 *
 * message  the mail's Message-ID with its angle brackets; `hash:…` of its header where that is missing, doubled or unfit
 * chat     `to:<address>`: mail exchanged with one person in threads we began;
 *          `<root@id>`: a thread somebody else began, named by its first Message-ID
 * buddy    the address in lower case
 *
 * A Message-ID we mint carries its chat, encrypted, so that an answer finds its chat without any kept history.
 */
const prefix = 'parley.';
const maxTokenChat = 220;

export const chatOf = (address: string): ChatId => `to:${address}`;

/** The address of a `to:` chat, or undefined for a thread. */
export function addressOf(chat: ChatId): string | undefined {
  return chat.startsWith('to:') ? chat.slice(3) : undefined;
}

const messageId = /^<[^<>\s\p{Cc}]{1,}>$/u;

/** Whether this is a Message-ID (RFC 5322 3.6.4, loosely) short enough to be an id here. */
export function isMessageId(id: string): boolean {
  return id.length <= limits.idLength && messageId.test(id);
}

/** The Message-IDs in a References or In-Reply-To header, in order; bounded, junk between them skipped. */
export function messageIds(header: string): string[] {
  const found: string[] = [];
  for (const match of header.slice(0, 64_000).matchAll(/<[^<>\s]{1,510}>/g)) {
    if (isMessageId(match[0])) found.push(match[0]);
    if (found.length === 1000) break;
  }
  return found;
}

/** A stable id for what has no usable one of its own. */
export function hashId(content: Uint8Array | string): RemoteId {
  return `hash:${createHash('sha256').update(content).digest('base64url')}`;
}

/** Mints and recognises this account's Message-IDs. */
export class MessageIds {
  readonly #key: Buffer;
  readonly #nonceKey: Buffer;
  readonly #domain: string;

  constructor(secret: string, address: string) {
    const root = Buffer.from(secret, 'base64');
    this.#key = createHmac('sha256', root).update('token').digest();
    this.#nonceKey = createHmac('sha256', root).update('nonce').digest();
    this.#domain = address.slice(address.lastIndexOf('@') + 1).replace(/[^A-Za-z0-9.-]/g, '-') || 'localhost';
  }

  /** The Message-ID of a send: the same for the same delivery key and chat, so a repeat is recognisable. */
  mint(key: string, chat: ChatId): RemoteId {
    const nonce = createHmac('sha256', this.#nonceKey).update(`${key}\n${chat}`).digest().subarray(0, 12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const body = Buffer.concat([cipher.update(chat.length <= maxTokenChat ? chat : '', 'utf8'), cipher.final()]);
    return `<${prefix}${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}@${this.#domain}>`;
  }

  /** The chat a Message-ID of ours was sent in (undefined where it was too long to carry); undefined if not ours. */
  read(id: string): { chat: ChatId | undefined } | undefined {
    const token = id.startsWith(`<${prefix}`) ? id.slice(prefix.length + 1, id.indexOf('@')) : '';
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length < 28 || !id.endsWith(`@${this.#domain}>`)) return undefined;
    try {
      const cipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12));
      cipher.setAuthTag(bytes.subarray(12, 28));
      const chat = Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString('utf8');
      return { chat: chat || undefined };
    } catch {
      return undefined;
    }
  }
}
