import type { BuddyInfo, ChatInfo, Event } from '../../sdk/index.js';
import type { Person } from './addresses.js';
import type { Book, Thread } from './cursor.js';
import { foldReply } from './fold.js';
import { addressOf, hashId, type MessageIds } from './ids.js';
import { type Letter, readLetter, wholeAsHtml } from './letter.js';
import { receiptOf } from './report.js';

/** A mail as fetched. `cut`: `source` is only its beginning. */
export type Fetched = { uid: number; at: number; source: Buffer; cut: boolean };

/** An answer never goes to more people than this. */
export const maxAnswered = 50;

const dayMs = 86_400_000;

/** Turns mails into events. Never throws on what a mail contains: one that cannot be read becomes a system message. */
export class Inbound {
  constructor(
    readonly ids: MessageIds,
    readonly address: string,
    readonly book: Book,
    private readonly now: () => number,
  ) {}

  async events(mail: Fetched, backfill: boolean): Promise<Event[]> {
    try {
      const letter = await readLetter(mail.source, mail.cut);
      const receipt = receiptOf(letter, this.ids, mail.at);
      return [receipt ?? this.#message(letter, mail, backfill)];
    } catch (error) {
      return [unreadable(hashId(mail.source.subarray(0, 65_536)), mail.at, reason(error), backfill)];
    }
  }

  #message(letter: Letter, mail: Fetched, backfill: boolean): Event {
    const own = this.ids.read(letter.id);
    const echo = own !== undefined && letter.from?.address === this.address;
    // Somebody else's mail under an id of ours must not pass for the one we sent.
    const id = own && !echo ? hashId(`${letter.id}\n${letter.from?.address}\n${letter.subject}`) : letter.id;
    const others = this.#others(letter);
    const chat = echo && own.chat ? this.#chatInfo(own.chat, letter, others) : this.#chat(letter, others);
    if (letter.named && !echo) this.#remember(chat, letter, others);
    const shown = foldReply(letter.text);
    const text = [shown, ...letter.notes.map((note) => `[${note}]`)].filter((part) => part !== '').join('\n');
    const html = wholeAsHtml(letter, shown);
    const replyTo = letter.inReplyTo[0] ?? letter.references.at(-1);
    return {
      type: 'message',
      chat,
      id,
      ...(!echo && { from: sender(letter) }),
      text: text || (letter.attachments.length > 0 ? '' : letter.subject || '(empty mail)'),
      ...(html !== undefined && { html }),
      format: letter.automatic ? 'notice' : letter.html ? 'html' : 'plain',
      at: backfill ? sentAt(letter, mail.at) : latestIn(sentAt(letter, mail.at), this.now()),
      ...(replyTo !== undefined && { replyTo }),
      ...(letter.attachments.length > 0 && { attachments: letter.attachments }),
      ...(backfill && { backfill }),
    };
  }

  /** Everybody in the mail but us; the one to answer first. Mail from ourselves to ourselves has us in it. */
  #others(letter: Letter): Person[] {
    const all = new Map<string, Person>();
    for (const person of [...(letter.from ? [letter.from] : []), ...letter.to]) {
      if (person.address !== this.address && !all.has(person.address)) all.set(person.address, person);
    }
    return all.size > 0 ? [...all.values()] : [letter.from ?? unknown];
  }

  #chat(letter: Letter, others: Person[]): ChatInfo {
    const parents = [...letter.inReplyTo, ...letter.references.toReversed()];
    const root = letter.references[0] ?? letter.inReplyTo[0] ?? letter.id;
    const known = this.#tokenOf(parents) ?? this.#recent(parents);
    const alone = known === undefined ? undefined : addressOf(known);
    // A chat "with Alice" holds only what she and we write to each other: others who answer get a chat of their own.
    const fits = known !== undefined && (!alone || (others.length === 1 && others[0]?.address === alone));
    return this.#chatInfo(fits ? known : root, letter, others);
  }

  #tokenOf(parents: string[]): string | undefined {
    for (const id of parents) {
      const chat = this.ids.read(id)?.chat;
      if (chat !== undefined) return chat;
    }
    return undefined;
  }

  #recent(parents: string[]): string | undefined {
    for (const id of parents.slice(0, 20)) {
      const chat = this.book.chatOfMessage(id);
      if (chat !== undefined) return chat;
    }
    return undefined;
  }

  #chatInfo(id: string, letter: Letter, others: Person[]): ChatInfo {
    const group = !addressOf(id) && (others.length > 1 || (this.book.thread(id)?.people.length ?? 0) > 1);
    const subject = bareSubject(letter.subject);
    const partner = others[0]!;
    const name = group ? subject : (partner.name ?? partner.address);
    return { id, kind: group ? 'group' : 'direct', ...(name && { name }), ...(subject && { subject }) };
  }

  #remember(chat: ChatInfo, letter: Letter, others: Person[]): void {
    this.book.note(chat.id, threadOf(letter, others, this.address, this.book.thread(chat.id)));
  }
}

/** How to continue the thread this mail is in: to its Reply-To or sender and, in a group, to everybody else in it. */
export function threadOf(letter: Letter, others: Person[], own: string, before?: Thread): Thread {
  const answerTo = letter.replyTo.length > 0 ? letter.replyTo : letter.from ? [letter.from] : [];
  const rest = others.filter((person) => person.address !== letter.from?.address);
  const people = [...new Set([...answerTo, ...rest].map((person) => person.address))].filter((one) => one !== own);
  const fromSelf = people.length === 0 && letter.from?.address === own ? [own] : people;
  const refs = [...new Set([...letter.references, ...letter.inReplyTo, letter.id])];
  return {
    refs: before && !refs.includes(before.refs[0]!) ? [before.refs[0]!, ...refs] : refs,
    people: fromSelf.slice(0, maxAnswered),
    subject: bareSubject(letter.subject),
    ...(fromSelf.length > maxAnswered && { crowd: true }),
  };
}

/** The subject without the marks that answers put in front. */
export function bareSubject(subject: string): string {
  let bare = subject.trim();
  for (let next = bare; ; bare = next) {
    next = bare.replace(/^(?:re|aw|sv|antw|odp|rif|ref|vs)(?:\[\d{1,3}\])?\s?:\s*/i, '');
    if (next === bare) return bare;
  }
}

/** A stand-in for a mail that could not be read, so that it is seen and the account goes on. */
export function unreadable(id: string, at: number, why: string, backfill: boolean): Event {
  return {
    type: 'message',
    chat: { id: 'unreadable', kind: 'direct', name: 'Mail that could not be read' },
    id,
    text: `A mail could not be read: ${why}. It is still in the mailbox.`,
    format: 'system',
    at,
    ...(backfill && { backfill }),
  };
}

const unknown: Person = { address: 'unknown', name: 'Unknown sender' };

function sender(letter: Letter): BuddyInfo {
  const person = letter.from ?? unknown;
  return { id: person.address, address: person.address, ...(person.name && { name: person.name }) };
}

/** The Date header where it is believable, else the time of arrival. */
function sentAt(letter: Letter, arrived: number): number {
  const { date } = letter;
  return date !== undefined && date <= arrived + dayMs / 24 && date >= arrived - 30 * dayMs ? date : arrived;
}

/**
 * Mail is dated to the second. News stands at the latest moment of it that has come: an answer by mail never stands
 * before what it answers on another network.
 */
const latestIn = (second: number, now: number): number => Math.max(second, Math.min(second + 999, now));

const reason = (error: unknown) => (error instanceof Error ? error.message.slice(0, 300) : 'unknown error');
