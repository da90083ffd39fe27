import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SynapseLab } from '../lab/types.js';

export type PersonEvent = {
  event: 'room' | 'unreadable' | 'invite' | 'typing' | 'receipt' | 'presence';
  room?: string;
  type?: string;
  sender?: string;
  eventId?: string;
  encrypted?: boolean;
  content?: Record<string, unknown>;
  redacts?: string | null;
  stateKey?: string | null;
  target?: string;
  user?: string;
  users?: string[];
  state?: string;
  note?: string | null;
};

/** A person with matrix-nio, a Matrix library of another maker with an encryption of its own (libolm). */
export class MatrixPerson {
  readonly events: PersonEvent[] = [];
  user = '';
  device = '';
  readonly #waiting = new Map<number, { resolve(value: Record<string, unknown>): void; reject(error: Error): void }>();
  readonly #watchers = new Set<() => void>();
  #count = 0;
  #complaints = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    lines.on('line', (line) => this.#onLine(line));
    child.stderr?.on('data', (bytes) => {
      this.#complaints = (this.#complaints + String(bytes)).slice(-4_000);
    });
    child.once('exit', () => {
      for (const one of this.#waiting.values()) one.reject(new Error(`the person ended\n${this.#complaints}`));
      this.#waiting.clear();
    });
  }

  static async signIn(lab: SynapseLab, name: string, password = `${name}-matrix`): Promise<MatrixPerson> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-person-'));
    const { program, args, env } = lab.python;
    const script = fileURLToPath(new URL('matrix-person.py', import.meta.url));
    const child = spawn(program, [...args, script, lab.url, folder], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: folder, ...env },
    });
    const person = new MatrixPerson(child, folder);
    const { user, device } = await person.do('login', { user: `@${name}:${lab.domain}`, password });
    person.user = String(user);
    person.device = String(device);
    return person;
  }

  do(what: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.child.stdin?.write(`${JSON.stringify({ id, do: what, with: more })}\n`);
    });
  }

  async text(room: string, body: string, more: Record<string, unknown> = {}): Promise<string> {
    const { eventId } = await this.do('send', { room, content: { msgtype: 'm.text', body, ...more } });
    return String(eventId);
  }

  /** Waits for something that happened, or happens within `timeoutMs`. */
  async saw(what: string, match: (event: PersonEvent) => boolean, timeoutMs = 20_000): Promise<PersonEvent> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const found = this.events.find(match);
      if (found) return found;
      if (Date.now() > end) {
        const last = JSON.stringify(this.events.slice(-5));
        throw new Error(`${this.user} waited ${timeoutMs} ms for ${what}; saw last ${last}\n${this.#complaints}`);
      }
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#watchers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, 250);
        this.#watchers.add(done);
      });
    }
  }

  /** A message with this text, from somebody else. */
  heard(text: string, timeoutMs?: number): Promise<PersonEvent> {
    return this.saw(`"${text}"`, (one) => one.sender !== this.user && this.textOf(one).includes(text), timeoutMs);
  }

  textOf({ type, content }: PersonEvent): string {
    return type === 'm.room.message' && typeof content?.body === 'string' ? content.body : '';
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
      this.child.stdin?.end();
      const killer = setTimeout(() => this.child.kill('SIGKILL'), 2_000);
      await ended;
      clearTimeout(killer);
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  #onLine(line: string): void {
    let said: Record<string, unknown>;
    try {
      said = JSON.parse(line);
    } catch {
      return;
    }
    if (typeof said.id === 'number') {
      const waiting = this.#waiting.get(said.id);
      this.#waiting.delete(said.id);
      if (typeof said.error === 'string') waiting?.reject(new Error(said.error));
      else waiting?.resolve((said.answer ?? {}) as Record<string, unknown>);
      return;
    }
    this.events.push(said as PersonEvent);
    for (const watcher of [...this.#watchers]) watcher();
  }
}
