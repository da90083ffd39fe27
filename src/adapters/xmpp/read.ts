import type { Element } from '@xmpp/client';
import { type Event, limits, type MessageEvent, type RemoteId } from '../../sdk/index.js';
import { archivedId, isLasting, ownId, theirId, wireId } from './ids.js';
import type { Source } from './inbound.js';
import { ns } from './ns.js';
import type { Refs } from './refs.js';
import { StanzaError } from './wire.js';

/** What reading leans on. */
export type Reading = {
  ownBare: string;
  refs: Refs;
  /** Puts what the archive has last of this chat into `refs`. */
  recall(chat: string): Promise<void>;
  /** Which reactions of a set are new, and which have gone, since the last set of the same person. */
  reacted(source: Source, wire: string, set: string[]): { on: string[]; off: string[] };
  /** The file behind a link; undefined where it is not fetched. */
  file(url: string, source: Source): Promise<NonNullable<MessageEvent['attachments']>[number] | undefined> | undefined;
  /** A stanza of ours came back; whether somebody waited for it. */
  bounced(id: string, error: StanzaError, source: Source): boolean;
  /** Somebody's writing began or ended; whether that is news. */
  typing(source: Source, on: boolean): boolean;
};

type Reader = (source: Source, reading: Reading) => Event[] | Promise<Event[]> | undefined;

/** What a message says; one entry a kind, the first that fits. */
const readers: Reader[] = [
  readError,
  readRetraction,
  readReactions,
  readCorrection,
  readTopic,
  readUnreadable,
  readBody,
];
/** What it says besides. */
const signals: Reader[] = [readReceipt, readMarker, readTyping];

export function read(source: Source, reading: Reading): Event[] | Promise<Event[]> {
  const beside = signals.flatMap((signal) => signal(source, reading) as Event[]);
  for (const reader of readers) {
    const said = reader(source, reading);
    if (said === undefined) continue;
    return Array.isArray(said) ? [...said, ...beside] : said.then((events) => [...events, ...beside]);
  }
  return beside;
}

/** The message a reference means, as far as it is the author's. In a direct chat the author's own id says it all. */
function ofAuthor(source: Source, wire: string, { refs }: Reading): RemoteId | undefined {
  const known = refs.byWire(source.chat.id, wire, source.author)?.id;
  if (known !== undefined || source.kind === 'room' || !isLasting(wire)) return known;
  return source.own ? ownId(wire) : theirId(wire);
}

/** As `ofAuthor`; what is not remembered of a room is looked up in its archive. */
async function lookUp(source: Source, wire: string, reading: Reading): Promise<RemoteId | undefined> {
  await reading.recall(source.chat.id);
  return ofAuthor(source, wire, reading);
}

/** Every message a reference could mean: in a direct chat it does not say whose message it is. */
function anybodys(source: Source, wire: string, { refs, ownBare }: Reading): RemoteId[] {
  if (source.kind === 'room') return [archivedId(wire)];
  const theirs = source.kind === 'private' ? source.partner.full : source.partner.bare;
  const known = [ownBare, theirs].flatMap((author) => refs.byWire(source.chat.id, wire, author)?.id ?? []);
  if (known.length > 0 || !isLasting(wire)) return known;
  return [ownId(wire), theirId(wire)];
}

function readError(source: Source, reading: Reading): Event[] | undefined {
  const { message, chat, at } = source;
  if (message.attrs.type !== 'error') return undefined;
  const wire = wireId(message.attrs.id);
  if (wire === undefined || source.way !== 'live') return [];
  const error = StanzaError.of(message);
  if (reading.bounced(wire, error, source)) return [];
  const target = reading.refs.byWire(chat.id, wire, reading.ownBare)?.id ?? ownId(wire);
  return [{ type: 'receipt', target, proves: 'failed', reason: error.message, at }];
}

function readRetraction(source: Source, reading: Reading): Event[] | Promise<Event[]> | undefined {
  const { message, chat, at } = source;
  const old = message.getChild('apply-to', ns.fasten);
  const now = message.getChild('retract', ns.retract);
  const moderated = old?.getChild('moderated', ns.oldModerate) ?? now?.getChild('moderated', ns.moderate);
  if (!now && !moderated && !old?.getChild('retract', ns.oldRetract)) return undefined;
  const wire = wireId(now?.attrs.id ?? old?.attrs.id);
  if (wire === undefined) return [];
  const deletion = (target: RemoteId | undefined): Event[] =>
    target === undefined ? [] : [{ type: 'deletion', chat, target, at }];
  if (source.kind !== 'room') return moderated ? [] : deletion(ofAuthor(source, wire, reading));
  if (moderated) return source.partner.resource === '' ? deletion(archivedId(wire)) : [];
  const own = () => {
    const named = reading.refs.byId(chat.id, archivedId(wire));
    return named ? (named.author === source.author ? named.id : undefined) : ofAuthor(source, wire, reading);
  };
  const known = own();
  return known !== undefined || reading.refs.byId(chat.id, archivedId(wire))
    ? deletion(known)
    : reading.recall(chat.id).then(() => deletion(own()));
}

const mostReactions = 20;

function readReactions(source: Source, reading: Reading): Event[] | undefined {
  const { message, chat, at, from } = source;
  const reactions = message.getChild('reactions', ns.reactions);
  if (!reactions) return undefined;
  const wire = wireId(reactions.attrs.id);
  if (wire === undefined) return [];
  const texts = reactions.getChildren('reaction').map((one) => one.text().trim());
  const set = [...new Set(texts.filter((text) => text !== '' && text.length <= 64))].slice(0, mostReactions);
  const { on, off } = reading.reacted(source, wire, set);
  const event = (target: RemoteId, emoji: string, is: boolean): Event => ({
    ...{ type: 'reaction', chat, target, emoji, on: is, at },
    ...(from && { from }),
  });
  return anybodys(source, wire, reading).flatMap((target) => [
    ...off.map((emoji) => event(target, emoji, false)),
    ...on.map((emoji) => event(target, emoji, true)),
  ]);
}

function readCorrection(source: Source, reading: Reading): Event[] | Promise<Event[]> | undefined {
  const { message, chat, at } = source;
  const replaced = message.getChild('replace', ns.correct);
  if (!replaced) return undefined;
  const wire = wireId(replaced.attrs.id);
  const { text } = bodyOf(message);
  if (wire === undefined || text === undefined) return [];
  const edit = (target: RemoteId | undefined): Event[] =>
    target === undefined ? [] : [{ type: 'edit', chat, target, text, at }];
  const target = ofAuthor(source, wire, reading);
  if (target !== undefined || source.kind !== 'room') return edit(target);
  return lookUp(source, wire, reading).then(edit);
}

function readTopic({ message, chat, kind, way }: Source): Event[] | undefined {
  const subject = kind === 'room' ? message.getChild('subject') : undefined;
  if (!subject || message.getChild('body')) return undefined;
  return way === 'live'
    ? [{ type: 'chat', chat: { ...chat, topic: subject.text().slice(0, 10_000).toWellFormed() } }]
    : [];
}

/** OMEMO messages carry a text for people that says so; what Parley says is plainer. */
function readUnreadable(source: Source, reading: Reading): Event[] | undefined {
  const { message } = source;
  const encrypted = message.getChild('encrypted', ns.omemo) ?? message.getChild('encrypted', ns.omemo2);
  if (!encrypted) return undefined;
  if (!encrypted.getChild('payload')) return [];
  return [{ ...messageOf(source, '', reading), unreadable: 'encrypted with OMEMO, which Parley cannot read' }];
}

function readBody(source: Source, reading: Reading): Event[] | Promise<Event[]> | undefined {
  const { message } = source;
  const { text, replyTo } = bodyOf(message);
  const url = message.getChild('x', ns.oob)?.getChildText('url')?.trim();
  const whole = text ?? url;
  if (whole === undefined || whole === '' || isPart(source)) return undefined;
  const event = messageOf(source, whole, reading);
  const target = replyTo && replyTarget(source, replyTo, reading);
  if (target !== undefined) event.replyTo = target;
  const fetching = url !== undefined && /^https?:\/\//.test(url) ? reading.file(url, source) : undefined;
  if (!fetching) return [event];
  return fetching.then((file) => {
    if (!file) return [event];
    return [{ ...event, text: whole.trim() === url ? '' : event.text, attachments: [file] }];
  });
}

/** Further files of a message of ours are part of it, and the core has them. */
const isPart = ({ own, wire }: Source) =>
  own && wire !== undefined && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\/\d+$/.test(wire);

function messageOf(source: Source, whole: string, { refs }: Reading): MessageEvent {
  const { chat, id, from, own, wire, at, backfill, message, author } = source;
  refs.add({ chat: chat.id, id, author, own, ...(wire !== undefined && { wire }) });
  const action = /^\/me[ \t]+(?=\S)/.exec(whole)?.[0];
  const format = action !== undefined ? 'action' : message.attrs.type === 'headline' ? 'notice' : 'plain';
  return {
    ...{ type: 'message', chat, id, text: action === undefined ? whole : whole.slice(action.length), format, at },
    ...(from && { from }),
    ...(own && wire !== undefined && { key: wire }),
    ...(backfill && { backfill }),
  };
}

type Reply = { wire: string; to: string | undefined };

/** The text without what only stands there for clients that cannot show an answer (XEP-0461, XEP-0428). */
function bodyOf(message: Element): { text?: string; replyTo?: Reply } {
  const body = message.getChild('body');
  const reply = message.getChild('reply', ns.reply);
  const wire = wireId(reply?.attrs.id);
  if (!body) return {};
  const whole = body.text().slice(0, limits.textLength).toWellFormed();
  const fallback = [
    ...message.getChildren('fallback', ns.fallback),
    ...message.getChildren('fallback', ns.oldFallback),
  ].find((one) => one.attrs.for === ns.reply);
  const text = wire !== undefined && fallback ? cutOut(whole, fallback.getChild('body')) : whole;
  return { text, ...(wire !== undefined && { replyTo: { wire, to: reply?.attrs.to } }) };
}

/** Places are counted in code points (XEP-0426). */
function cutOut(text: string, range: Element | undefined): string {
  const letters = [...text];
  const start = Number(range?.attrs.start ?? 0);
  const end = Number(range?.attrs.end ?? Number.NaN);
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > letters.length)
    return text;
  return [...letters.slice(0, start), ...letters.slice(end)].join('');
}

function replyTarget(source: Source, { wire, to }: Reply, reading: Reading): RemoteId | undefined {
  if (source.kind === 'room') return archivedId(wire);
  const [first, second] = anybodys(source, wire, reading);
  if (first === undefined || second === undefined) return first;
  return (to ?? '').toLowerCase().startsWith(reading.ownBare) ? first : second;
}

function readReceipt(source: Source, reading: Reading): Event[] {
  const { message, own, kind, at } = source;
  const wire = wireId(message.getChild('received', ns.receipts)?.attrs.id);
  return own || kind === 'room' || wire === undefined ? [] : [proof(source, wire, 'delivered', at, reading)];
}

function proof(
  source: Source,
  wire: string,
  proves: 'delivered' | 'read',
  at: number,
  { refs, ownBare }: Reading,
): Event {
  const target = refs.byWire(source.chat.id, wire, ownBare)?.id ?? ownId(wire);
  return { type: 'receipt', target, proves, at, ...(proves === 'read' && { upTo: source.chat }) };
}

function readMarker(source: Source, reading: Reading): Event[] {
  const { message, own, kind, at, chat } = source;
  const marker = message.getChildElements().find((child) => child.getNS() === ns.markers && child.name !== 'markable');
  const wire = wireId(marker?.attrs.id);
  if (!marker || wire === undefined) return [];
  const read = marker.name !== 'received';
  if (kind === 'room') return read ? roomMarker(source, wire, reading) : [];
  if (!own) return [proof(source, wire, read ? 'read' : 'delivered', at, reading)];
  const theirs = kind === 'private' ? source.partner.full : source.partner.bare;
  const target = reading.refs.byWire(chat.id, wire, theirs)?.id ?? theirId(wire);
  return read ? [{ type: 'seen', chat, target, at }] : [];
}

function roomMarker({ own, chat, at, from }: Source, wire: string, { refs }: Reading): Event[] {
  const target = archivedId(wire);
  if (own) return [{ type: 'seen', chat, target, at }];
  if (!refs.byId(chat.id, target)?.own) return [];
  return [{ type: 'receipt', target, proves: 'read', at, ...(from && { from }) }];
}

function readTyping(source: Source, reading: Reading): Event[] {
  const { message, own, way, chat, from, backfill } = source;
  const state = message.getChildElements().find((child) => child.getNS() === ns.chatStates)?.name;
  if (state === undefined || own || !from || way !== 'live' || backfill) return [];
  const on = state === 'composing';
  return reading.typing(source, on) ? [{ type: 'typing', chat, from, on }] : [];
}
