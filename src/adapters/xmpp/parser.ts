import { StringDecoder } from 'node:string_decoder';
import { type Element, xml } from '@xmpp/client';

/** Largest stanza taken; servers allow a quarter of that, or ten times less. */
const maxStanza = 2 * 1024 * 1024;
const maxDepth = 100;

export type Reader = { onStart(root: Element): void; onElement(element: Element): void; onEnd(): void };

class GuardedParser extends xml.Parser {
  #depth = 0;

  override onStartElement(name: string, attrs: Record<string, string>): void {
    if (++this.#depth > maxDepth) throw new Error('XML nested too deep');
    super.onStartElement(name, attrs);
  }

  override onEndElement(name: string): void {
    this.#depth -= 1;
    if (!this.cursor) throw new Error('an end without a start');
    super.onEndElement(name);
  }

  /** The library's parser would keep every blank between two stanzas for the life of the stream. */
  override onText(text: string): void {
    if (this.cursor === this.root && this.root) {
      if (text.trim() !== '') throw new Error('text between stanzas');
      return;
    }
    super.onText(text);
  }
}

/**
 * The library's XML parser with what it lacks: characters cut in two by a packet, a bound on what is not finished, and a
 * refusal of everything RFC 6120 forbids (document types, and so entities, comments, instructions).
 */
export class StreamParser {
  readonly #decoder = new StringDecoder('utf8');
  readonly #parser = new GuardedParser();
  #pending = 0;
  #tail = '';
  #first = true;

  constructor(reader: Reader) {
    this.#parser.on('start', (root) => reader.onStart(root));
    this.#parser.on('element', (element) => {
      this.#pending = 0;
      reader.onElement(element);
    });
    this.#parser.on('end', () => reader.onEnd());
    this.#parser.on('error', (error) => {
      throw error;
    });
  }

  /** @throws Error where it is not XML as XMPP allows it; the stream is then lost */
  write(bytes: Buffer): void {
    const text = this.#decoder.write(bytes);
    this.#check(text);
    this.#pending += bytes.length;
    const size = this.#pending;
    this.#parser.write(text);
    // Only what came before the last finished element has been taken off.
    if (this.#pending === size && size > maxStanza) throw new Error('a stanza that is too large');
  }

  close(): void {
    this.#parser.removeAllListeners();
    this.#parser.on('error', () => {});
  }

  #check(text: string): void {
    const seen = this.#tail + text;
    const forbidden = /<!(?!\[CDATA\[)[\s\S]{8}|<!(?=DOCTYPE|--|ENTITY)|<\?(?!xml\s)[\s\S]{4}/.exec(seen);
    if (forbidden) throw new Error('XML that XMPP forbids');
    if (this.#first && /\S/.test(seen)) {
      if (!seen.trimStart().startsWith('<')) throw new Error('not XML');
      this.#first = false;
    }
    this.#tail = seen.slice(-9);
  }
}
