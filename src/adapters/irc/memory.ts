import type { Host } from '../../sdk/index.js';
import { type CaseMapping, fold } from './ids.js';
import { keptOver, type Settings } from './settings.js';

const maxChannels = 500;
const maxWatched = 100;
const maxPartial = 20;
const maxIgnored = 500;
const retryMs = 10_000;
/** Where a copy of what outlives a new sign-in lies in the vault. */
const keptKey = 'kept';

/** What the account must know after a restart: its channels, whom it watches, and messages only partly sent. */
export class Memory {
  #kept = '';
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

  /**
   * Where the account was signed in to anew, takes over what it had kept before: channels joined later, ignored people
   * and the like. @throws AdapterError `temporary` when storage is away
   */
  async takeOver(): Promise<void> {
    const { settings } = this;
    if (!settings.fresh) return;
    const stored = (await this.host.vault.read()).get(keptKey);
    const before = keptOver.partial().safeParse(stored && json(stored)).data ?? {};
    const added = (before.channels ?? []).filter((name) => !this.hasChannel(name));
    settings.channels = [...settings.channels, ...added].slice(0, maxChannels);
    settings.watch = before.watch ?? settings.watch;
    settings.ignore = before.ignore ?? settings.ignore;
    settings.commands = before.commands ?? settings.commands;
    settings.ctcp = before.ctcp ?? settings.ctcp;
    settings.fresh = false;
    void this.#save();
  }

  /** The server has taken us by SASL. */
  noteSasl(mechanism: string): void {
    if (this.settings.sasl && this.settings.mechanism === mechanism) return;
    this.settings.sasl = true;
    this.settings.mechanism = mechanism;
    void this.#save();
  }

  setIgnored(mask: string, on: boolean): Promise<void> {
    const others = this.settings.ignore.filter((one) => !this.#same(one, mask));
    this.settings.ignore = on ? [...others, mask].slice(-maxIgnored) : others;
    return this.#save();
  }

  /** Resolves when stored, or when storage has refused it for now. */
  save(): Promise<void> {
    return this.#save();
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
    this.#saving ??= this.#run();
    return this.#saving;
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#dirty && !this.#stopped && !this.host.signal.aborted) {
        this.#dirty = false;
        await this.host.saveSession(JSON.parse(JSON.stringify(this.settings)));
        await this.#keep();
      }
    } catch {
      if (this.#stopped || this.host.signal.aborted) return;
      this.host.log.warn('what the account learned could not be stored yet');
      this.#cancelRetry?.();
      this.#cancelRetry = this.host.clock.after(retryMs, () => void this.#save());
    } finally {
      // In the same turn as the last look at what is to be saved, so that nothing is overlooked between.
      this.#saving = undefined;
    }
  }

  async #keep(): Promise<void> {
    const kept = JSON.stringify(keptOver.parse(this.settings));
    if (kept === this.#kept || this.settings.fresh) return;
    await this.host.vault.write(new Map([[keptKey, new TextEncoder().encode(kept)]]));
    this.#kept = kept;
  }
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
