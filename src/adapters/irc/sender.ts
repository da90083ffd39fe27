import type { IrcMessage } from 'irc-framework';
import { AdapterError, type Clock, type Sent, Timers } from '../../sdk/index.js';
import type { Flow } from './flood.js';
import { networkId } from './ids.js';
import type { Link } from './link.js';
import { type MultilineLimits, type Unit, units } from './multiline.js';
import { Pacer } from './pacer.js';
import { oneLine } from './reasons.js';
import { textLine } from './wire.js';
import { inParts, roomOf } from './writing.js';

/** Lines and bytes on their way that the server has not answered: less than any server holds before it cuts off. */
const window = { lines: 5, bytes: 1_000 };
const confirmMs = 30_000;
const graceMs = 2_000;
const mostPieces = 1_000;
/** Tokens that what nobody waits for leaves to what somebody does. */
const spare = 3;
const mostCommands = 300;

export type Outgoing = {
  key: string;
  target: string;
  text: string;
  action: boolean;
  tags: Record<string, string>;
  /** How much of the text went out in an earlier try (UTF-16 code units). */
  sent: number;
  signal: AbortSignal;
};

export type SenderHooks = {
  fold(name: string): string;
  /** Remembers across restarts how much of a message the server has taken; 0 forgets it. */
  setSent(key: string, sent: number): Promise<void>;
  /** A later line of a message of ours has this id: its text is stored with the first. */
  onOwnId(id: string): void;
  /** Messages in parts, where the server takes them. */
  multiline(): MultilineLimits | undefined;
  /** Everything of a message given up as doubtful turned out to have been taken. */
  onLateProof(outgoing: Outgoing, id: string | undefined, at: number | undefined): void;
};

type Job = {
  id: string;
  outgoing: Outgoing;
  pieces: Unit[];
  written: number;
  proven: number;
  /** No more lines go out: given up by the core, or the account stops. */
  closing: boolean;
  settled: boolean;
  remoteId: string | undefined;
  at: number | undefined;
  resolve(sent: Sent): void;
  reject(error: AdapterError): void;
};

/** A line the server has not answered yet. */
type Flight = { job: Job; piece: Unit; target: string; wire: string; label: string | undefined; fence: number };

/**
 * Everything we write after the sign-in: paced, in order within a chat and fair between chats, and each line of a
 * message proven. The proof is the echo or the labelled answer where the server has them; else a PING behind the
 * lines, whose PONG says that the server has read them and had nothing against them.
 */
export class Sender {
  readonly #pacer: Pacer;
  readonly #timers: Timers;
  #commands: string[] = [];
  #jobs: Job[] = [];
  #flights: Flight[] = [];
  #fences = 0;
  #labels = 0;
  #batches = 0;
  #count = 0;

  constructor(
    private readonly link: Link,
    clock: Clock,
    flow: Flow,
    private readonly hooks: SenderHooks,
  ) {
    this.#timers = new Timers(clock);
    this.#pacer = new Pacer(clock, flow, () => this.#pump());
  }

  set flow(flow: Flow) {
    this.#pacer.flow = flow;
  }

  /** A finished line from `wire.ts` that is no message; goes out before messages. Answers false where too many wait. */
  command(text: string): boolean {
    if (this.#commands.length >= mostCommands) return false;
    this.#commands.push(text);
    this.#pump();
    return true;
  }

  /** As `command`, now or never: what is stale in a moment and slows down nothing else. */
  hint(text: string): void {
    if (this.#commands.length === 0 && this.#jobs.length === 0 && this.#pacer.take(spare)) this.link.send(text);
  }

  send(outgoing: Outgoing): Promise<Sent> {
    const { key, text, target, action, sent } = outgoing;
    const found = units(text, roomOf(this.link, target, action), sent, action ? undefined : this.hooks.multiline());
    if (sent > 0 && found.length === 0) return Promise.resolve({ proof: 'sent' });
    if (found.length === 0) return Promise.reject(new AdapterError('rejected', 'IRC cannot carry an empty message.'));
    if (found.length > mostPieces) {
      const why = `The message takes ${found.length} lines, more than the ${mostPieces} that can be sent at once.`;
      return Promise.reject(new AdapterError('rejected', why));
    }
    if (outgoing.signal.aborted) return Promise.reject(new AdapterError('temporary', 'given up before it was sent'));
    return new Promise((resolve, reject) => {
      const job: Job = {
        ...{ id: `${++this.#count}`, outgoing, pieces: found, written: 0, proven: 0, closing: false, settled: false },
        ...{ remoteId: undefined, at: undefined, resolve, reject },
      };
      const onAbort = () => this.#close(job, 'given up before all of it was sent');
      outgoing.signal.addEventListener('abort', onAbort, { once: true });
      job.resolve = (answer) => {
        outgoing.signal.removeEventListener('abort', onAbort);
        if (sent > 0) void this.hooks.setSent(key, 0);
        resolve(answer);
      };
      job.reject = (error) => {
        outgoing.signal.removeEventListener('abort', onAbort);
        reject(error);
      };
      this.#jobs.push(job);
      this.#pump();
    });
  }

  /** Lets what is on its way be answered; nothing more goes out. Resolves when nothing is, or after `ms`. */
  async drain(ms: number): Promise<void> {
    for (const job of [...this.#jobs]) this.#close(job, 'the account was stopped');
    const end = performance.now() + ms;
    while (this.#jobs.length > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** The link is gone: what was not proven is doubtful, what was not written is not. */
  end(why: string): void {
    this.#pacer.stop();
    this.#timers.clear();
    this.#commands = [];
    for (const job of [...this.#jobs]) this.#conclude(job, why);
    this.#flights = [];
  }

  // ------------------------------------------------------------ answers

  /** Answers whether the message is the echo of a line of ours. */
  onEcho(message: IrcMessage, echo: { label: string | undefined; target: string; wire: string; at?: number }): boolean {
    const { label, target, wire, at } = echo;
    const flight = this.#flights.find((one) =>
      label !== undefined && one.label !== undefined
        ? one.label === label
        : one.label === undefined && one.target === target && one.wire === wire,
    );
    if (!flight) return false;
    const id = networkId(message.tags);
    if (id !== undefined && flight.job.remoteId !== undefined) this.hooks.onOwnId(id);
    flight.job.remoteId ??= id;
    flight.job.at ??= at;
    this.#proven([flight]);
    return true;
  }

  /** The answer to a labelled line is complete and said nothing against it. */
  onLabelEnd(label: string): void {
    this.#proven(this.#flights.filter((one) => one.label === label));
  }

  onPong(token: string): void {
    const fence = /^f(\d{1,15})$/.exec(token)?.[1];
    if (fence === undefined) return;
    this.#proven(this.#flights.filter((one) => one.fence > 0 && one.fence <= Number(fence)));
  }

  /** Answers whether the server refused a line of ours with this. */
  onRefusal(message: IrcMessage, label: string | undefined): boolean {
    const about = message.params.slice(message.command === 'FAIL' ? 2 : 1, -1).map((one) => this.hooks.fold(one));
    const flight = this.#flights.find((one) =>
      one.label !== undefined ? one.label === label : about.includes(one.target) || about.includes('privmsg'),
    );
    if (!flight) return false;
    this.#flights = this.#flights.filter((one) => one !== flight);
    const words = oneLine(message.params.at(-1) ?? '', 300) || `error ${message.command}`;
    this.#refused(flight.job, message.command, words);
    this.#pump();
    return true;
  }

  #refused(job: Job, numeric: string, words: string): void {
    if (job.settled) return;
    const kind = numeric === '439' ? 'rate-limited' : 'rejected';
    const why =
      job.proven === 0
        ? `The server refused it: ${words}`
        : `${job.proven} of ${job.pieces.length} lines were sent, then the server refused: ${words}`;
    this.#settle(job);
    if (job.outgoing.sent > 0) void this.hooks.setSent(job.outgoing.key, 0);
    job.reject(new AdapterError(job.proven === 0 ? kind : 'rejected', why, { retryAfterMs: 10_000 }));
  }

  #proven(flights: Flight[]): void {
    if (flights.length === 0) return;
    this.#flights = this.#flights.filter((one) => !flights.includes(one));
    for (const { job } of flights) {
      job.proven += 1;
      if (job.proven === job.pieces.length) this.#complete(job);
      else if (job.closing && job.proven === job.written) this.#conclude(job, 'given up before all of it was sent');
      else if (!job.settled) this.#watch(job);
    }
    this.#pump();
  }

  #complete(job: Job): void {
    if (job.settled) return void this.hooks.onLateProof(job.outgoing, job.remoteId, job.at);
    this.#settle(job);
    const { remoteId, at } = job;
    job.resolve({
      ...(remoteId !== undefined && { remoteId }),
      proof: 'sent',
      ...(at !== undefined && { at }),
      parts: job.pieces.length,
    });
  }

  // ------------------------------------------------------------ giving up

  /** Writes nothing more of it; what is on its way has a moment to be answered. */
  #close(job: Job, why: string): void {
    if (job.settled) return;
    job.closing = true;
    if (job.proven === job.written) this.#conclude(job, why);
    else this.#timers.set(job.id, graceMs, () => this.#conclude(job, why));
  }

  /** Says as much as is known: nothing went out, a beginning did, or some of it may have. */
  #conclude(job: Job, why: string): void {
    if (job.settled) return;
    this.#settle(job);
    const { key, sent } = job.outgoing;
    const doubtful = job.written - job.proven;
    if (doubtful === 0 && job.proven === 0) return void job.reject(new AdapterError('temporary', why));
    const before = job.proven === 0 ? sent : (job.pieces[job.proven - 1]?.end ?? sent);
    const of = `${job.proven} of ${job.pieces.length} lines were sent`;
    const error =
      doubtful === 0
        ? new AdapterError('temporary', `${of}, the rest follows: ${why}`)
        : new AdapterError(
            'unknown-outcome',
            job.pieces.length === 1 ? `it may have been sent: ${why}` : `${of}, ${doubtful} more may have been: ${why}`,
          );
    void this.hooks.setSent(key, before).finally(() => job.reject(error));
  }

  #settle(job: Job): void {
    job.settled = true;
    this.#timers.drop(job.id);
    this.#jobs = this.#jobs.filter((one) => one !== job);
  }

  #watch(job: Job): void {
    const why = `the server did not confirm it within ${confirmMs / 1000} s`;
    if (!job.closing) this.#timers.set(job.id, confirmMs, () => this.#conclude(job, why));
  }

  // ------------------------------------------------------------ writing

  #pump(): void {
    while (this.#commands.length > 0 && this.#pacer.take()) this.link.send(this.#commands.shift() ?? '');
    while (this.#commands.length === 0 && this.link.isReady) {
      const job = this.#jobs.find((one) => !one.closing && one.written < one.pieces.length);
      const piece = job?.pieces[job.written];
      if (!job || !piece || !this.#fits(piece) || !this.#pacer.take()) break;
      this.#write(job, piece);
    }
    this.#fence();
  }

  #fits(piece: Unit): boolean {
    const bytes = this.#flights.reduce((sum, one) => sum + one.wire.length, 0);
    const { length } = this.#flights;
    return length === 0 || (length < window.lines && bytes + piece.text.length <= window.bytes);
  }

  #write(job: Job, piece: Unit): void {
    const { target, action, tags } = job.outgoing;
    const wire = action ? `\x01ACTION ${piece.text}\x01` : piece.text;
    const label = this.link.has('labeled-response') ? `p${++this.#labels}` : undefined;
    const first = job.written === 0 ? tags : {};
    const opening = label === undefined ? first : { ...first, label };
    const lines = piece.parts
      ? inParts(`m${++this.#batches}`, target, piece.parts, opening)
      : [textLine('PRIVMSG', target, wire, opening)];
    for (const one of lines) this.link.send(one);
    this.#flights.push({ job, piece, target: this.hooks.fold(target), wire, label, fence: 0 });
    job.written += 1;
    this.#watch(job);
    // The next line of another chat comes before the next of this one.
    this.#jobs = [...this.#jobs.filter((one) => one !== job), job];
  }

  #fence(): void {
    const open = this.#flights.filter((one) => one.label === undefined && one.fence === 0);
    if (open.length === 0) return;
    this.#fences += 1;
    for (const flight of open) flight.fence = this.#fences;
    this.link.send(`PING :f${this.#fences}`);
  }
}
