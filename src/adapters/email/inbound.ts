import type { BuddyInfo, ChatInfo, Event } from '../../sdk/index.js';
import type { Person } from './addresses.js';
import type { Book, Thread } from './cursor.js';
import { foldReply } from './fold.js';
import { addressOf, chatOf, hashId, type MessageIds } from './ids.js';
import { type Letter, readLetter, wholeAsHtml } from './letter.js';
import { reportOf } from './report.js';

/** A mail as fetched. `cut`: `source` is only its beginning; `seen`: it was read already, with another program. */
export type Fetched = { uid: number; at: number; source: Buffer; cut: boolean; seen?: boolean };

/**
 * How a mail is taken: as history or as news, from the folder of what we sent or another one. `history`: it was asked
 * for, and says nothing about how threads go on.
 */
export type Taken = { backfill: boolean; sent: boolean; history?: boolean };

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
    /** The delivery whose mail this was, where that is known. */
    private readonly keyOf: (id: string) => string | undefined = () => undefined,
  ) {}

  async events(mail: Fetched, taken: Taken): Promise<Event[]> {
    try {
      const letter = await readLetter(mail.source, mail.cut);
      const report = taken.sent ? undefined : reportOf(letter, this.ids, mail.at);
      if (report?.is === 'receipt') return [report.event];
      const chat = report && this.ids.read(report.about)?.chat;
      const late = report && chat !== undefined ? this.#delay(letter, mail, chat, report.text) : undefined;
      return [late ?? this.#message(letter, mail, taken)];
    } catch (error) {
      return [unreadable(hashId(mail.source.subarray(0, 65_536)), mail.at, reason(error), taken.backfill)];
    }
  }

  /** The chat that the mail with this header stands in and its id there; `undefined` for our own and for reports. */
  async locate(head: Buffer, sent: boolean): Promise<{ chat: ChatInfo; id: string; own: boolean; at: number }> {
    const letter = await readLetter(head);
    const { chat, id, own } = this.#identity(letter, sent);
    return { chat, id, own, at: letter.date ?? 0 };
  }

  /** Whether a mail is ours, the id it has for the host, and its chat. */
  #identity(letter: Letter, sent: boolean) {
    const minted = this.ids.read(letter.id);
    const own = sent || (minted !== undefined && letter.from?.address === this.address);
    // Somebody else's mail under an id of ours must not pass for the one we sent.
    const forged = minted !== undefined && !own;
    const id = forged ? hashId(`${letter.id}\n${letter.from?.address}\n${letter.subject}`) : letter.id;
    const others = this.#others(letter, own);
    const chat =
      own && minted?.chat !== undefined
        ? this.#chatInfo(minted.chat, letter, others)
        : this.#chat(letter, others, own && sent);
    return { own, id, others, chat };
  }

  #message(letter: Letter, mail: Fetched, { backfill, sent, history }: Taken): Event {
    const { own, id, others, chat } = this.#identity(letter, sent);
    const at = backfill ? sentAt(letter, mail.at) : latestIn(sentAt(letter, mail.at), this.now());
    if (letter.named && !history && !(own && this.book.chatOfMessage(letter.id) !== undefined)) {
      this.#remember(chat, letter, others, at, own);
    }
    const shown = foldReply(letter.text);
    const text = [shown, ...letter.notes.map((note) => `[${note}]`)].filter((part) => part !== '').join('\n');
    const html = wholeAsHtml(letter, shown);
    const replyTo = letter.inReplyTo[0] ?? letter.references.at(-1);
    const key = own ? this.keyOf(letter.id) : undefined;
    return {
      type: 'message',
      chat,
      id,
      ...(own ? partnerOf(chat, others) : { from: sender(letter) }),
      ...(key !== undefined && { key }),
      text: text || (letter.attachments.length > 0 ? '' : letter.subject || '(empty mail)'),
      ...(html !== undefined && { html }),
      format: letter.automatic && !own ? 'notice' : letter.html ? 'html' : 'plain',
      at,
      ...(replyTo !== undefined && { replyTo }),
      ...(letter.references[0] !== undefined && letter.references[0] !== id && { thread: letter.references[0] }),
      ...(letter.attachments.length > 0 && { attachments: letter.attachments }),
      ...((backfill || mail.seen) && { backfill: true }),
    };
  }

  /** A mail of ours is late but not lost: said in its chat, and nothing more. */
  #delay(letter: Letter, mail: Fetched, chat: string, text: string): Event {
    const at = latestIn(sentAt(letter, mail.at), this.now());
    const info = this.#chatInfo(chat, letter, this.book.thread(chat)?.people.map((address) => ({ address })) ?? []);
    const { subject: _about, name: _whose, ...bare } = info;
    return { type: 'message', chat: bare, id: letter.id, text, format: 'system', at };
  }

  /** Everybody in the mail but us; the one to answer first. Mail from ourselves to ourselves has us in it. */
  #others(letter: Letter, own: boolean): Person[] {
    const all = new Map<string, Person>();
    const from = letter.from && !own ? [letter.from] : [];
    for (const person of [...from, ...letter.to]) {
      if (person.address !== this.address && !all.has(person.address)) all.set(person.address, person);
    }
    return all.size > 0 ? [...all.values()] : [letter.from ?? unknown];
  }

  #chat(letter: Letter, others: Person[], sent: boolean): ChatInfo {
    const before = this.book.placeOfMail(letter.id);
    if (before !== undefined) return this.#chatInfo(before, letter, others);
    const parents = [...letter.inReplyTo, ...letter.references.toReversed()];
    const root = letter.references[0] ?? letter.inReplyTo[0] ?? letter.id;
    const minted = this.#tokenOf(parents);
    const known =
      minted ?? this.#recent(parents) ?? (parents.length === 0 ? this.#bySubject(letter, others) : undefined);
    const fits = known !== undefined && this.#fits(known, others);
    // A mail to one person that begins a thread is written in the chat with them, whatever program it was written with.
    const begun = sent && parents.length === 0 && others.length === 1 ? chatOf(others[0]!.address) : root;
    const chat = fits ? known : begun;
    if (letter.named && chat !== root && !(fits && minted !== undefined)) this.book.notePlace(letter.id, chat);
    return this.#chatInfo(chat, letter, others);
  }

  /** A chat "with Alice" holds only what she and we write to each other: others who answer get a chat of their own. */
  #fits(chat: string, others: Person[]): boolean {
    const alone = addressOf(chat);
    return !alone || (others.length === 1 && others[0]?.address === alone);
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
      const chat = this.book.placeOfMail(id) ?? this.book.chatOfMessage(id);
      if (chat !== undefined) return chat;
    }
    return undefined;
  }

  /** Programs that answer without References still write "Re:" before the subject. */
  #bySubject(letter: Letter, others: Person[]): string | undefined {
    const bare = bareSubject(letter.subject);
    if (bare === '' || bare === letter.subject.trim()) return undefined;
    const people = others.map((person) => person.address);
    return this.book.chatBySubject(bare, people, letter.date ?? this.now());
  }

  #chatInfo(id: string, letter: Letter, others: Person[]): ChatInfo {
    const group = !addressOf(id) && (others.length > 1 || (this.book.thread(id)?.people.length ?? 0) > 1);
    const subject = bareSubject(letter.subject);
    const partner = others[0];
    const name = group ? subject : (partner?.name ?? partner?.address);
    return { id, kind: group ? 'group' : 'direct', ...(name && { name }), ...(subject && { subject }) };
  }

  #remember(chat: ChatInfo, letter: Letter, others: Person[], at: number, own: boolean): void {
    const before = this.book.thread(chat.id);
    // History read later must not take the place of what was written since.
    if (before?.at !== undefined && before.at > at) return;
    const begins = own && letter.references.length === 0 && letter.inReplyTo.length === 0;
    this.book.note(chat.id, { ...threadOf(letter, others, this.address, begins ? undefined : before, own), at });
  }
}

/** How to continue the thread this mail is in: to its Reply-To or sender and, in a group, to everybody else in it. */
export function threadOf(letter: Letter, others: Person[], own: string, before?: Thread, ours = false): Thread {
  const answerTo = ours ? [] : letter.replyTo.length > 0 ? letter.replyTo : letter.from ? [letter.from] : [];
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

/** Who a chat of two is with, for a mail that we wrote ourselves. */
function partnerOf(chat: ChatInfo, others: Person[]): { to?: BuddyInfo } {
  const [person] = others;
  if (chat.kind !== 'direct' || !person) return {};
  const id = addressOf(chat.id) ?? person.address;
  return { to: { id, address: id, ...(person.name && person.address === id && { name: person.name }) } };
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
