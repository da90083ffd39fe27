import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Arrivals, type Outcome, type Shown } from '../arrivals.ts';
import type { LoadRun } from '../load-irc.ts';

const answerMs = 15_000;
/** Of what was said before it was asked for, so much is kept. */
const keptChars = 100_000;

/**
 * A client of a protocol made of text, as far as it matters here: what comes is cut at `end`, and each piece counts from
 * the moment at which it is whole.
 */
export class TextSocket {
  readonly #socket: Socket;
  readonly #arrivals: Arrivals<string>;
  #rest = '';
  #said = '';
  #onSaid = () => {};

  private constructor(
    socket: Socket,
    readonly end: string,
    read: (piece: string) => Shown[],
    private readonly reply: (piece: string) => string | undefined,
  ) {
    this.#socket = socket;
    this.#arrivals = new Arrivals(read);
    socket.setNoDelay();
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.once('close', () => this.#arrivals.close());
    socket.on('data', (text: string) => this.#hear(text));
  }

  /** @param reply what is answered at once to a piece, such as a ping, which then counts as nothing that came */
  static async open(
    at: { host: string; port: number },
    end: string,
    read: (piece: string) => Shown[],
    reply: (piece: string) => string | undefined = () => undefined,
  ) {
    const socket = connect(at);
    await once(socket, 'connect', { signal: AbortSignal.timeout(answerMs) });
    return new TextSocket(socket, end, read, reply);
  }

  /** Resolves when the socket takes more; rejects where it takes nothing for a while, or is gone meanwhile. */
  async write(text: string): Promise<void> {
    if (!this.#socket.writable || this.#socket.write(text)) return;
    await once(this.#socket, 'drain', { signal: AbortSignal.timeout(answerMs) });
  }

  /** Writes, and waits until what was said since matches. */
  async ask(text: string, answer: RegExp): Promise<string> {
    this.#said = '';
    await this.write(text);
    return this.until(answer);
  }

  /** Waits until what was said since the last question matches. */
  until(answer: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        done();
        reject(new Error(`${why}: no ${answer} in ${JSON.stringify(this.#said.slice(-500))}`));
      };
      const late = setTimeout(() => fail(`not within ${answerMs} ms`), answerMs);
      const closed = () => fail('the connection was closed');
      const done = () => {
        clearTimeout(late);
        this.#socket.off('close', closed);
        this.#onSaid = () => {};
      };
      this.#socket.once('close', closed);
      this.#onSaid = () => {
        if (!answer.test(this.#said)) return;
        done();
        resolve(this.#said);
      };
      this.#onSaid();
    });
  }

  /** Does `write` and waits until its last message came, or nothing has come for a while. */
  watch(write: () => Promise<LoadRun>): Promise<Outcome> {
    this.#said = '';
    return this.#arrivals.watch(write);
  }

  close(): void {
    this.#socket.destroy();
  }

  #hear(text: string): void {
    const pieces = (this.#rest + text).split(this.end);
    this.#rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const reply = this.reply(piece);
      if (reply === undefined) this.#arrivals.note(piece);
      else this.#socket.write(reply);
    }
    if (this.#said.length < keptChars) this.#said += text;
    this.#onSaid();
  }
}
