import { AdapterError, type ChatInfo, type Event, type Timers } from '../../sdk/index.js';
import { channelChat } from './ids.js';
import type { Memory } from './memory.js';
import { oneLine } from './reasons.js';
import { line, maxLine } from './wire.js';

const answerMs = 20_000;

type Waiting = { resolve(): void; reject(error: AdapterError): void };

export type ChannelsPorts = {
  command(text: string): void;
  push(event: Event): void;
  fold(name: string): string;
  timers: Timers;
};

/** The channels we are in on this connection, and those we are about to enter or leave. */
export class Channels {
  /** Folded name to the name as the server writes it. */
  readonly #joined = new Map<string, string>();
  readonly #joining = new Map<string, Waiting[]>();
  readonly #leaving = new Map<string, Waiting[]>();
  /** Rejoined by ourselves: nobody waits, but a refusal is to be shown. */
  readonly #rejoining = new Set<string>();

  constructor(
    private readonly memory: Memory,
    private readonly ports: ChannelsPorts,
  ) {}

  /** Enters the channels of the account again, many to a line. */
  rejoin(): void {
    let names: string[] = [];
    const flush = () => {
      if (names.length > 0) this.ports.command(line('JOIN', [names.join(',')]));
      names = [];
    };
    for (const name of this.memory.settings.channels) {
      if (this.#joined.has(this.ports.fold(name))) continue;
      this.#rejoining.add(this.ports.fold(name));
      if (Buffer.byteLength([...names, name].join(',')) > maxLine - 20) flush();
      names.push(name);
    }
    flush();
  }

  /** Resolves once the server has let us in. @throws AdapterError `rejected` with its reason, or `temporary` */
  async join(name: string): Promise<ChatInfo> {
    const folded = this.ports.fold(name);
    if (!this.#joined.has(folded)) {
      this.#rejoining.delete(folded);
      await this.#ask(this.#joining, folded, `join ${folded}`, () => this.ports.command(line('JOIN', [name])));
    }
    return this.chatOf(name);
  }

  async leave(name: string): Promise<void> {
    const folded = this.ports.fold(name);
    this.memory.dropChannel(name);
    if (!this.#joined.has(folded) && !this.#rejoining.delete(folded)) return this.#onOut(folded, name);
    await this.#ask(this.#leaving, folded, `leave ${folded}`, () => this.ports.command(line('PART', [name])));
  }

  chatOf(name: string): ChatInfo {
    return channelChat(this.#joined.get(this.ports.fold(name)) ?? name, this.memory.caseMapping);
  }

  isIn(name: string): boolean {
    return this.#joined.has(this.ports.fold(name));
  }

  /** The channels we are in and those we are entering again. */
  get names(): string[] {
    const again = this.memory.settings.channels.filter((name) => this.#rejoining.has(this.ports.fold(name)));
    return [...this.#joined.values(), ...again];
  }

  /** Makes the channels we are in those of a changed list. */
  change(before: string[], after: string[]): void {
    const folded = new Set(after.map(this.ports.fold));
    for (const name of before) {
      if (!folded.has(this.ports.fold(name)) && this.isIn(name)) this.ports.command(line('PART', [name]));
    }
    this.rejoin();
  }

  onOwnJoin(name: string): void {
    const folded = this.ports.fold(name);
    this.#joined.set(folded, name);
    this.#rejoining.delete(folded);
    if (!this.#leaving.has(folded)) this.memory.addChannel(name);
    this.ports.push({ type: 'chat', chat: this.chatOf(name), joined: true });
    this.#settle(this.#joining, folded, `join ${folded}`);
  }

  /** We left or were made to leave. */
  onOwnPart(name: string): void {
    this.memory.dropChannel(name);
    this.#onOut(this.ports.fold(name), name);
  }

  onTopic(name: string, topic: string): void {
    if (!this.#joined.has(this.ports.fold(name))) return;
    this.ports.push({ type: 'chat', chat: { ...this.chatOf(name), topic: oneLine(topic, 1000) } });
  }

  /** Answers whether the server refused to let us in or out with this. */
  onRefusal(name: string, words: string): boolean {
    const folded = this.ports.fold(name);
    const why = `${name}: ${oneLine(words, 300)}`;
    const error = new AdapterError('rejected', `The server refused ${why}`);
    if (this.#settle(this.#joining, folded, `join ${folded}`, error)) return true;
    if (this.#settle(this.#leaving, folded, `leave ${folded}`)) return true;
    if (!this.#rejoining.delete(folded)) return false;
    this.ports.push({ type: 'chat', chat: this.chatOf(name), joined: false });
    return true;
  }

  end(why: string): void {
    const error = new AdapterError('temporary', why);
    for (const waiting of [this.#joining, this.#leaving]) {
      for (const folded of [...waiting.keys()]) this.#settle(waiting, folded, '', error);
    }
  }

  #onOut(folded: string, name: string): void {
    this.ports.push({ type: 'chat', chat: this.chatOf(name), joined: false });
    this.#joined.delete(folded);
    this.#settle(this.#leaving, folded, `leave ${folded}`);
  }

  #ask(waiting: Map<string, Waiting[]>, folded: string, timer: string, write: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const asked = waiting.get(folded);
      if (asked) {
        asked.push({ resolve, reject });
        return;
      }
      waiting.set(folded, [{ resolve, reject }]);
      const late = new AdapterError('temporary', `the server did not answer within ${answerMs / 1000} s`);
      this.ports.timers.set(timer, answerMs, () => this.#settle(waiting, folded, timer, late));
      write();
    });
  }

  #settle(waiting: Map<string, Waiting[]>, folded: string, timer: string, error?: AdapterError): boolean {
    const asked = waiting.get(folded);
    if (!asked) return false;
    waiting.delete(folded);
    this.ports.timers.drop(timer);
    for (const one of asked) {
      if (error) one.reject(error);
      else one.resolve();
    }
    return true;
  }
}
