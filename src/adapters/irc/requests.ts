import type { IrcMessage } from 'irc-framework';
import { AdapterError, type Timers } from '../../sdk/index.js';
import type { Batch } from './batches.js';
import { oneLine } from './reasons.js';
import { tagged } from './wire.js';

const answerMs = 20_000;
const mostOpen = 50;
const mostLines = 25_000;

export type RequestsPorts = {
  /** Queues a finished line; answers false where too many wait. */
  command(text: string): boolean;
  hasLabels(): boolean;
  fold(name: string): string;
  timers: Timers;
};

export type Question = {
  /** A finished line from `wire.ts`. */
  line: string;
  tags?: Record<string, string>;
  /** What an error without a label must be about: targets and nicks, and the command for FAIL. */
  command: string;
  about: string[];
  /** The lines that are the answer; of history all of its batch. */
  takes?(message: IrcMessage): boolean;
  /** The last line of the answer, for servers without labels; without it a PONG ends the answer. */
  ends?(message: IrcMessage): boolean;
  /** The answer is a batch of history about `about`. */
  history?: boolean;
  signal?: AbortSignal | undefined;
};

const isError = ({ command }: IrcMessage) => command === 'FAIL' || /^[45]\d\d$/.test(command);

type Open = Question & {
  name: string;
  label: string | undefined;
  fence: string | undefined;
  got: IrcMessage[];
  settle(error?: AdapterError): void;
};

/**
 * Questions to the server and their answers. Labels tell whose answer a line is; where the server has none, a line
 * belongs to the oldest question that wants it, and a PING behind the question ends it.
 */
export class Requests {
  #open: Open[] = [];
  #count = 0;

  constructor(private readonly ports: RequestsPorts) {}

  /** @throws AdapterError `rejected` in the server's words, `temporary` where it does not answer */
  ask(question: Question): Promise<IrcMessage[]> {
    const { ports } = this;
    if (this.#open.length >= mostOpen)
      return Promise.reject(new AdapterError('temporary', 'too much is asked at once'));
    if (question.signal?.aborted) return Promise.reject(new AdapterError('temporary', 'given up before it was asked'));
    const name = `r${++this.#count}`;
    const label = ports.hasLabels() ? name : undefined;
    const ownEnd = question.ends !== undefined || question.history === true;
    const fence = label === undefined && !ownEnd ? `q${this.#count}` : undefined;
    return new Promise((resolve, reject) => {
      const got: IrcMessage[] = [];
      const onAbort = () => open.settle(new AdapterError('temporary', 'given up before it was answered'));
      const settle = (error?: AdapterError) => {
        if (!this.#open.includes(open)) return;
        this.#open = this.#open.filter((one) => one !== open);
        ports.timers.drop(name);
        question.signal?.removeEventListener('abort', onAbort);
        if (error) reject(error);
        else resolve(got);
      };
      const open: Open = { ...question, about: question.about.map(ports.fold), name, label, fence, got, settle };
      this.#open.push(open);
      question.signal?.addEventListener('abort', onAbort, { once: true });
      const late = new AdapterError('temporary', `the server did not answer within ${answerMs / 1000} s`);
      ports.timers.set(name, answerMs, () => settle(late));
      const tags = { ...question.tags, ...(label !== undefined && { label }) };
      const sent =
        ports.command(tagged(question.line, tags)) && (fence === undefined || ports.command(`PING :${fence}`));
      if (!sent) settle(new AdapterError('temporary', 'too much waits to be sent'));
    });
  }

  /** A line that may be part of an answer. */
  onMessage(message: IrcMessage, label: string | undefined): void {
    if (this.#open.length === 0 || isError(message)) return;
    const open = this.#open.find((one) =>
      one.label !== undefined ? one.label === label : one.takes?.(message) || one.ends?.(message),
    );
    if (!open) return;
    if (open.takes?.(message) && open.got.length < mostLines) open.got.push(message);
    // A label on a line by itself, and not on its batch, says that this line is all.
    if (open.ends?.(message) || (open.label !== undefined && message.tags.label === open.label)) open.settle();
  }

  /** A batch of history is complete; answers whether it was asked for. */
  onHistory({ label, params, lines }: Batch): boolean {
    const about = this.ports.fold(params[0] ?? '');
    const open = this.#open.find(
      (one) =>
        one.history &&
        (one.label !== undefined ? one.label === label : params.length === 0 || one.about.includes(about)),
    );
    if (!open) return false;
    open.got.push(...lines);
    open.settle();
    return true;
  }

  onLabelEnd(label: string): void {
    this.#open.find((one) => one.label === label)?.settle();
  }

  onPong(token: string): void {
    this.#open.find((one) => one.fence !== undefined && one.fence === token)?.settle();
  }

  /** Answers whether the server refused a question with this. */
  onError(message: IrcMessage, label: string | undefined): boolean {
    const fail = message.command === 'FAIL';
    const about = message.params.slice(fail ? 2 : 1, -1).map((one) => this.ports.fold(one));
    const open = this.#open.find((one) => {
      if (one.label !== undefined) return one.label === label;
      if (fail) return one.command === message.params[0];
      return about.some((name) => one.about.includes(name)) || about.includes(this.ports.fold(one.command));
    });
    if (!open) return false;
    const words = oneLine(message.params.at(-1) ?? '', 300) || `error ${message.command}`;
    open.settle(new AdapterError('rejected', `The server refused it: ${words}`));
    return true;
  }

  end(why: string): void {
    for (const open of [...this.#open]) open.settle(new AdapterError('temporary', why));
  }
}
