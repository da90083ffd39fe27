import type { Host } from '../../sdk/index.js';
import { type CaseMapping, fold } from './ids.js';
import type { Settings } from './settings.js';

const maxChannels = 500;
const maxWatched = 100;
const maxPartial = 20;
const retryMs = 10_000;

/** What the account must know after a restart: its channels, whom it watches, and messages only partly sent. */
export class Memory {
  #saving: Promise<void> | undefined;
  #dirty = false;
  #stopped = false;
  #cancelRetry: (() => void) | undefined;

  constructor(
    readonly settings: Settings,
    private readonly host: Host,
  ) {}

  /** Until a server has told, names are compared as the oldest servers do. */
  get caseMapping(): CaseMapping {
    return this.settings.caseMapping ?? 'rfc1459';
  }

  set caseMapping(mapping: CaseMapping) {
    if (this.settings.caseMapping === mapping) return;
    this.settings.caseMapping = mapping;
    void this.#save();
  }

  /** The server has taken the password by SASL. */
  noteSasl(): void {
    if (this.settings.sasl) return;
    this.settings.sasl = true;
    void this.#save();
  }

  hasChannel(name: string): boolean {
    return this.settings.channels.some((one) => this.#same(one, name));
  }

  addChannel(name: string): void {
    if (this.settings.channels.includes(name)) return;
    const others = this.settings.channels.filter((one) => !this.#same(one, name));
    this.settings.channels = [...others, name].slice(-maxChannels);
    void this.#save();
  }

  dropChannel(name: string): void {
    if (!this.hasChannel(name)) return;
    this.settings.channels = this.settings.channels.filter((one) => !this.#same(one, name));
    void this.#save();
  }

  watches(nick: string): boolean {
    return this.settings.watch.some((one) => this.#same(one, nick));
  }

  /** Answers whether the nick is new; the one longest not written with makes room. */
  addWatched(nick: string): boolean {
    if (this.watches(nick)) return false;
    this.settings.watch = [...this.settings.watch, nick].slice(-maxWatched);
    void this.#save();
    return true;
  }

  /** How much of a message was sent before. */
  sentOf(key: string): number {
    return this.settings.partial.find((one) => one.key === key)?.sent ?? 0;
  }

  /** Resolves when stored. */
  async setSent(key: string, sent: number): Promise<void> {
    if (this.sentOf(key) === sent) return;
    const others = this.settings.partial.filter((one) => one.key !== key);
    this.settings.partial = (sent > 0 ? [...others, { key, sent }] : others).slice(-maxPartial);
    await this.#save();
  }

  /** Gives what is still being stored `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#cancelRetry?.();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([this.#saving, late]);
    clearTimeout(timer);
    this.#stopped = true;
  }

  #same(one: string, other: string): boolean {
    return fold(one, this.caseMapping) === fold(other, this.caseMapping);
  }

  /** Stores the newest; never rejects. What could not be stored is tried again with the next change, or soon. */
  #save(): Promise<void> {
    this.#dirty = true;
    this.#saving ??= this.#run().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  async #run(): Promise<void> {
    while (this.#dirty && !this.#stopped && !this.host.signal.aborted) {
      this.#dirty = false;
      try {
        await this.host.saveSession(JSON.parse(JSON.stringify(this.settings)));
      } catch {
        if (this.#stopped || this.host.signal.aborted) return;
        this.host.log.warn('what the account learned could not be stored yet');
        this.#cancelRetry?.();
        this.#cancelRetry = this.host.clock.after(retryMs, () => void this.#save());
        return;
      }
    }
  }
}
