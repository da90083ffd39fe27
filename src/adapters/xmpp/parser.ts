import { StringDecoder } from 'node:string_decoder';
import { type Element, xml } from '@xmpp/client';

/** Largest stanza taken; servers allow a quarter of that, or ten times less. */
const maxStanza = 2 * 1024 * 1024;
const maxTag = 64 * 1024;
const maxDepth = 100;

const tag = /<([^<>"']*(?:"[^"<]*"[^<>"']*|'[^'<]*'[^<>"']*)*)>/y;
const parts = /^(\/?)([^\s/<>"'=&!?]+)((?:\s+[^\s/<>"'=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)$/;
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const opening = '<![CDATA[';
const closing = ']]>';

export type Reader = { onStart(root: Element): void; onElement(element: Element): void; onEnd(): void };

/**
 * Reads the XML of a stream into the library's elements. The library's own parser is not up to a hostile server: it goes
 * over a text without an end again and again, loses its way when a packet ends within an entity, keeps the blanks between
 * stanzas for good, has no bounds and passes over what RFC 6120 forbids (document types, comments, instructions).
 */
export class StreamParser {
  readonly #decoder = new StringDecoder('utf8');
  /** What has been read of a text that has not ended. */
  #texts: string[] = [];
  /** What begins with `<` and has not ended. */
  #rest = '';
  #root: Element | undefined;
  #cursor: Element | undefined;
  #depth = 0;
  #size = 0;
  #closed = false;

  constructor(private readonly reader: Reader) {}

  /** @throws Error where it is not XML as XMPP allows it; the stream is then lost */
  write(bytes: Buffer): void {
    const text = this.#decoder.write(bytes);
    const unread = this.#rest + text;
    this.#rest = '';
    for (let at = 0; !this.#closed; ) {
      const next = unread.indexOf('<', at);
      const upTo = next < 0 ? unread.length : next;
      if (upTo > at) this.#keep(unread.slice(at, upTo));
      if (next < 0) return;
      const end = this.#markup(unread, next);
      if (end === undefined) {
        this.#rest = unread.slice(next);
        return;
      }
      at = end;
    }
  }

  /** Nothing more is told. */
  close(): void {
    this.#closed = true;
  }

  /** Answers where it ends; undefined where the end has not come yet. */
  #markup(text: string, at: number): number | undefined {
    if (opening.startsWith(text.slice(at, at + opening.length))) return this.#literal(text, at);
    tag.lastIndex = at;
    const found = tag.exec(text);
    if (!found) {
      if (text.length - at > maxTag || text.startsWith('<!', at)) throw new Error('markup that XMPP forbids');
      return undefined;
    }
    this.#flush();
    this.#tag(found[1] ?? '');
    return tag.lastIndex;
  }

  #literal(text: string, at: number): number | undefined {
    const end = text.indexOf(closing, at);
    const whole = end >= 0 && text.length - at > opening.length;
    if (!whole) {
      this.#grow(0, text.length - at);
      return undefined;
    }
    this.#flush();
    this.#text(text.slice(at + opening.length, end));
    return end + closing.length;
  }

  #keep(text: string): void {
    this.#grow(text.length, 0);
    this.#texts.push(text);
  }

  #grow(more: number, waiting: number): void {
    this.#size += more;
    if (this.#size + waiting > maxStanza) throw new Error('a stanza that is too large');
  }

  #flush(): void {
    if (this.#texts.length === 0) return;
    const text = this.#texts.join('');
    this.#texts = [];
    this.#text(unescaped(text));
  }

  #text(text: string): void {
    if (this.#cursor && this.#cursor !== this.#root) this.#cursor.t(text);
    else if (text.trim() !== '') throw new Error('text between stanzas');
    else this.#size = 0;
  }

  #tag(inner: string): void {
    this.#grow(inner.length, 0);
    if (inner.startsWith('?xml ') && !this.#root) return;
    const found = parts.exec(inner);
    if (!found) throw new Error('markup that XMPP forbids');
    const [, end = '', name = '', attributes = '', empty = ''] = found;
    if (end !== '' && (empty !== '' || attributes !== '')) throw new Error('a malformed end');
    if (end === '') this.#open(name, attributesIn(attributes));
    if (end !== '' || empty !== '') this.#shut(name);
  }

  #open(name: string, attrs: Record<string, string>): void {
    if (++this.#depth > maxDepth) throw new Error('XML nested too deep');
    const element = new xml.Element(name, attrs);
    if (!this.#root) {
      this.#root = element;
      this.reader.onStart(element);
    } else if (this.#cursor === this.#root) element.parent = this.#root;
    else this.#cursor?.append(element);
    this.#cursor = element;
  }

  #shut(name: string): void {
    const element = this.#cursor;
    if (!element || element.name !== name) throw new Error('an end without a start');
    this.#depth -= 1;
    if (element === this.#root) return void this.reader.onEnd();
    this.#cursor = element.parent ?? undefined;
    if (this.#cursor !== this.#root) return;
    this.#size = 0;
    this.reader.onElement(element);
  }
}

function attributesIn(text: string): Record<string, string> {
  const attrs: Record<string, string> = {};
  for (const [, name = '', double, single] of text.matchAll(attribute)) attrs[name] = unescaped(double ?? single ?? '');
  return attrs;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]{2,4}));|&/gi, (_all, hex, decimal, name) => {
    const known = name === undefined || !Object.hasOwn(entities, name) ? undefined : entities[name];
    if (known !== undefined) return known;
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal ?? Number.NaN);
    if (!(code >= 9 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff))
      throw new Error('an entity that XMPP forbids');
    return String.fromCodePoint(code);
  });
}
