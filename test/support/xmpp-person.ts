import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

export type Part = {
  ns: string;
  name: string;
  attrs: Record<string, string>;
  text: string;
  children?: Part[] | undefined;
};

const part: z.ZodType<Part> = z.lazy(() =>
  z.object({
    ns: z.string(),
    name: z.string(),
    attrs: z.record(z.string(), z.string()),
    text: z.string(),
    children: z.array(part).optional(),
  }),
);

/** A message or a presence as slixmpp got it. */
const stanza = z.object({
  event: z.enum(['message', 'presence']),
  sender: z.string(),
  to: z.string(),
  type: z.string(),
  id: z.string(),
  body: z.string().nullable(),
  parts: z.array(part),
});
export type Stanza = z.infer<typeof stanza>;

const line = z.union([
  stanza,
  z.object({ event: z.enum(['ready', 'refused', 'gone']), jid: z.string().optional() }),
  z.object({ done: z.number(), value: z.unknown().optional(), error: z.string().optional() }),
]);

/** Debian's own: slixmpp is one of its packages. */
const python = '/usr/bin/python3';
const script = path.resolve(import.meta.dirname, 'xmpp-person.py');

/** Somebody on XMPP with a client of another maker: slixmpp, driven by `xmpp-person.py`. */
export class XmppPerson {
  readonly stanzas: Stanza[] = [];
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #watchers = new Set<() => void>();
  #number = 0;
  #ready = false;
  #said = '';

  private constructor(
    readonly jid: string,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    createInterface(child.stdout).on('line', (text) => this.#onLine(text));
    child.stderr.on('data', (bytes: Buffer) => {
      this.#said = (this.#said + bytes.toString()).slice(-5_000);
    });
    child.stdin.on('error', () => {});
  }

  /** Signed in over TLS, and seen. */
  static async signIn(
    who: { jid: string; password: string },
    at: { host: string; tlsPort: number; caFile: string },
  ): Promise<XmppPerson> {
    const child = spawn(python, [script, who.jid, who.password, at.host, String(at.tlsPort), at.caFile], {
      stdio: 'pipe',
    });
    const person = new XmppPerson(who.jid, child);
    await person.until(() => person.#ready || undefined, `${who.jid} to be signed in`, 20_000);
    return person;
  }

  /** Has it do something, and waits until it has. */
  do(what: string, input: Record<string, unknown> = {}): Promise<unknown> {
    const n = ++this.#number;
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      this.child.stdin.write(`${JSON.stringify({ ...input, do: what, n, wait: true })}\n`);
    });
  }

  /** The first message, from now on or before, that fits. */
  message(fits: (message: Stanza) => boolean, what: string, timeoutMs = 10_000): Promise<Stanza> {
    return this.until(() => this.stanzas.find((one) => one.event === 'message' && fits(one)), what, timeoutMs);
  }

  presence(fits: (presence: Stanza) => boolean, what: string, timeoutMs = 10_000): Promise<Stanza> {
    return this.until(() => this.stanzas.find((one) => one.event === 'presence' && fits(one)), what, timeoutMs);
  }

  async until<T>(find: () => T | undefined, what: string, timeoutMs = 10_000): Promise<T> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      const left = end - performance.now();
      if (left <= 0) throw new Error(`${this.jid} waited ${timeoutMs} ms for ${what}; ${this.#said}`);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#watchers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(left, 200));
        this.#watchers.add(done);
      });
    }
  }

  async leave(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.stdin.end();
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 2_000);
    await gone;
    clearTimeout(killer);
  }

  #onLine(text: string): void {
    const read = line.parse(JSON.parse(text));
    if ('done' in read) {
      const waiting = this.#waiting.get(read.done);
      this.#waiting.delete(read.done);
      if (read.error === undefined) waiting?.resolve(read.value);
      else waiting?.reject(new Error(`${this.jid}: ${read.error}`));
    } else if (read.event === 'ready') this.#ready = true;
    else if (read.event === 'message' || read.event === 'presence') this.stanzas.push(read);
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** A part of a stanza by its name and namespace. */
export const partOf = (parts: readonly Part[], name: string, ns: string): Part | undefined =>
  parts.find((one) => one.name === name && one.ns === ns);
