import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** What a child is asked, and what it answers or says unasked. Sent by structured clone: bigints come through. */
export type Asked = { id: number; call: string; args: unknown[] };
export type Answered = { id: number; result: unknown } | { id: number; error: string } | { say: unknown };

const stopMs = 5_000;

/** As `scripts/run.mjs` starts TypeScript, whoever started us. */
const loader = path.resolve(import.meta.dirname, '../../scripts/lib/typescript-imports.mjs');
const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--import', loader];

/** A part of the benchmark in a process of its own, so that it shares no event loop with what measures it. */
export class Child {
  readonly #process: ChildProcess;
  readonly #open = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #ids = 0;

  /** @param file a module of this folder that calls `answer` */
  constructor(file: string, onSay: (what: unknown) => void = () => {}) {
    this.#process = fork(path.join(import.meta.dirname, file), [], { serialization: 'advanced', execArgv: flags });
    this.#process.on('message', (message: Answered) => {
      if ('say' in message) return onSay(message.say);
      const asked = this.#open.get(message.id);
      this.#open.delete(message.id);
      if ('error' in message) asked?.reject(new Error(`${file}: ${message.error}`));
      else asked?.resolve(message.result);
    });
    this.#process.once('exit', (code) => {
      for (const { reject } of this.#open.values()) reject(new Error(`${file} ended with ${code}`));
      this.#open.clear();
    });
  }

  /** The answer of `call`, read by `read` at this edge. */
  ask(call: string, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#ids;
      this.#open.set(id, { resolve, reject });
      this.#process.send({ id, call, args } satisfies Asked, (error) => {
        if (error) reject(error);
      });
    });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.disconnect();
    const late = setTimeout(() => this.#process.kill('SIGKILL'), stopMs);
    await gone;
    clearTimeout(late);
  }
}

/** The child's side: answers what the parent asks, and ends with it. */
export function answer(calls: Record<string, (...args: never[]) => unknown>): void {
  const send = (message: Answered) => void process.send?.(message);
  process.on('message', async ({ id, call, args }: Asked) => {
    try {
      send({ id, result: await calls[call]?.(...(args as never[])) });
    } catch (error) {
      send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole group; the parent ends us when it has put the rest away.
  process.on('SIGINT', () => {});
}

export const say = (what: unknown): void => void process.send?.({ say: what } satisfies Answered);
