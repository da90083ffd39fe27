import { LRUCache } from 'lru-cache';
import type { BuddyInfo, ChatInfo, MessageEvent } from '../../sdk/index.js';
import { newId } from '../ids.js';
import { cleanHtml } from './html.js';
import {
  type CachedBuddy,
  type CachedChat,
  clampTime,
  cleanLine,
  cleanText,
  type InboundAccount,
  type InboundCall,
  type InboundRow,
  type InboundStore,
} from './inbound.js';

type KnownChat = CachedChat & { info: ChatInfo };
type Known = { chat: KnownChat; buddy: CachedBuddy };

/** Rows made in advance; good as long as nothing of what they were made from was forgotten. */
export type KnownRows = { are: InboundRow[]; as: number };

/** The chats and people that messages come from, as they were stored last, and the rows of messages of them. */
export class Places {
  readonly #chats = new LRUCache<string, KnownChat>({ max: 50_000 });
  readonly #buddies = new LRUCache<string, CachedBuddy>({ max: 100_000 });
  /** Grows whenever something is forgotten. */
  #age = 0;

  constructor(private readonly store: Pick<InboundStore, 'prepare'>) {}

  forget(): void {
    this.#age += 1;
    this.#chats.clear();
    this.#buddies.clear();
  }

  forgetChat(account: InboundAccount, chat: ChatInfo): void {
    this.#age += 1;
    this.#chats.delete(keyOf(account, chat));
  }

  /** Something of a thread came in: what begins it may come later. */
  nowDelicate(account: InboundAccount, chat: ChatInfo): void {
    if (this.#chats.get(keyOf(account, chat))?.delicate === false) this.forgetChat(account, chat);
  }

  /** The rows of a call whose chats and people are known; of others nothing, nor of what no row can be made of. */
  rowsKnown({ account, events }: InboundCall): KnownRows | undefined {
    const are: InboundRow[] = [];
    try {
      for (const event of events) {
        const known = event.type === 'message' ? this.#known(account, event) : undefined;
        if (event.type !== 'message' || known === undefined) return undefined;
        are.push(rowOf(account, event, known));
      }
    } catch {
      return undefined;
    }
    return { are, as: this.#age };
  }

  /** The rows of a call's messages; chats and people that are new are stored. */
  async rows({ account, events, rows }: InboundCall & { rows: KnownRows | undefined }): Promise<InboundRow[]> {
    if (rows?.as === this.#age) return rows.are;
    const made: InboundRow[] = [];
    for (const event of events) {
      if (event.type !== 'message') continue;
      const known = this.#known(account, event) ?? (await this.#prepare(account, event));
      made.push(rowOf(account, event, known));
    }
    return made;
  }

  #known(account: InboundAccount, { chat: info, from }: MessageEvent): Known | undefined {
    const chat = this.#chats.get(keyOf(account, info));
    const buddy = from && this.#buddies.get(keyOf(account, from));
    if (from === undefined || chat === undefined || buddy === undefined || !sameChat(chat.info, info)) return undefined;
    return buddy.name === nameOf(from) ? { chat, buddy } : undefined;
  }

  async #prepare(account: InboundAccount, { chat: info, from }: MessageEvent): Promise<Known> {
    if (from === undefined) throw new Error('a plain message has a sender');
    const stored = await this.store.prepare(account, info, from);
    const chat = { ...stored.chat, info };
    const buddy = { buddyId: stored.buddy.buddyId, name: nameOf(from) };
    this.#chats.set(keyOf(account, info), chat);
    this.#buddies.set(keyOf(account, from), buddy);
    return { chat, buddy };
  }
}

const keyOf = (account: InboundAccount, { id }: { id: string }): string => `${account.id}\n${id}`;
const nameOf = ({ name, address }: BuddyInfo): string => cleanLine(name ?? address);

function rowOf(account: InboundAccount, event: MessageEvent, { chat, buddy }: Known): InboundRow {
  return {
    id: newId(),
    account,
    chatId: chat.chatId,
    remoteId: event.id,
    buddyId: buddy.buddyId,
    senderName: buddy.name,
    text: cleanText(event.text),
    html: event.html === undefined ? null : cleanHtml(event.html),
    format: event.format,
    sentAt: clampTime(event.at, Date.now()),
    replyToRemote: event.replyTo ?? null,
    counts: event.backfill !== true && !chat.declined,
    meets: chat.delicate,
  };
}

/** Whether a message says nothing of its chat that the one before did not. */
function sameChat(known: ChatInfo, said: ChatInfo): boolean {
  return (
    known === said ||
    (known.name === said.name &&
      known.topic === said.topic &&
      known.subject === said.subject &&
      known.encrypted === said.encrypted &&
      known.memberCount === said.memberCount)
  );
}
