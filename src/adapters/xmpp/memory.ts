import type { Host, JsonObject } from '../../sdk/index.js';
import type { SavedRoom, Settings } from './settings.js';

const retryMs = 10_000;
const maxRooms = 500;
const maxPeople = 5_000;

/** What the account has learned, kept by the host. Changes made while one is being stored are stored together after it. */
export class Memory {
  #saving: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #cancelRetry: (() => void) | undefined;

  constructor(
    readonly settings: Settings,
    private readonly host: Host,
  ) {}

  room(jid: string): SavedRoom | undefined {
    return this.settings.rooms.find((one) => one.jid === jid);
  }

  setRoom(room: SavedRoom): void {
    const before = this.room(room.jid);
    if (before && JSON.stringify(before) === JSON.stringify(room)) return;
    this.settings.rooms = [...this.settings.rooms.filter((one) => one !== before), room].slice(-maxRooms);
    void this.save();
  }

  setListed(listed: string[]): void {
    if (same(this.settings.listed, listed)) return;
    this.settings.listed = listed.slice(0, maxPeople);
    void this.save();
  }

  setBlocked(blocked: string[]): void {
    if (same(this.settings.blocked, blocked)) return;
    this.settings.blocked = blocked.slice(0, maxPeople);
    void this.save();
  }

  /** Resolves when stored, or when storage has refused it for now. */
  save(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (this.#saving) {
      this.#again = true;
      return this.#saving;
    }
    this.#cancelRetry?.();
    this.#saving = this.#store().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
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
    this.#cancelRetry?.();
  }

  async #store(): Promise<void> {
    do {
      this.#again = false;
      const session: JsonObject = JSON.parse(JSON.stringify(this.settings));
      try {
        await this.host.saveSession(session);
      } catch {
        if (!this.#stopped) this.#cancelRetry = this.host.clock.after(retryMs, () => void this.save());
        return;
      }
    } while (this.#again && !this.#stopped);
  }
}

const same = (one: string[], other: string[]) => one.length === other.length && one.every((jid) => other.includes(jid));
