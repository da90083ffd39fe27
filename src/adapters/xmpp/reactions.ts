import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Host } from '../../sdk/index.js';

const entry = z.object({ set: z.array(z.string()), at: z.number() });
type Entry = z.infer<typeof entry>;
const most = 2_000;
const prefix = 'reactions/';

/**
 * XMPP tells the whole set of somebody's reactions each time (XEP-0444), the core wants what changed: the last set of each
 * person to each message is kept, in the vault, so that a reaction taken back after a restart is taken back here too.
 */
export class ReactionSets {
  readonly #sets = new Map<string, Entry>();
  readonly #changed = new Map<string, Uint8Array | null>();
  #loaded: Promise<void> | undefined;
  #writing: Promise<void> | undefined;

  constructor(private readonly host: Host) {}

  /** Resolves when what was kept is there; storage that is away counts as empty. */
  load(): Promise<void> {
    this.#loaded ??= this.host.vault.read().then(
      (kept) => {
        for (const [key, bytes] of kept) {
          if (!key.startsWith(prefix)) continue;
          const read = entry.safeParse(parse(bytes));
          if (read.success && !this.#sets.has(key)) this.#sets.set(key, read.data);
        }
      },
      () => {
        this.#loaded = undefined;
      },
    );
    return this.#loaded;
  }

  of(...which: [chat: string, target: string, author: string]): string[] {
    return this.#sets.get(keyOf(which))?.set ?? [];
  }

  /** Takes a set; one older than what is known changes nothing. */
  take(
    which: [chat: string, target: string, author: string],
    set: string[],
    at: number,
  ): { on: string[]; off: string[] } {
    const key = keyOf(which);
    const known = this.#sets.get(key);
    if (known && known.at > at) return { on: [], off: [] };
    this.#sets.delete(key);
    this.#put(key, { set, at });
    const before = known?.set ?? [];
    return { on: set.filter((one) => !before.includes(one)), off: before.filter((one) => !set.includes(one)) };
  }

  /** Resolves when nothing is being stored any more. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  #put(key: string, value: Entry): void {
    this.#sets.set(key, value);
    this.#changed.set(key, Buffer.from(JSON.stringify(value)));
    for (const oldest of this.#sets.keys()) {
      if (this.#sets.size <= most) break;
      this.#sets.delete(oldest);
      this.#changed.set(oldest, null);
    }
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    while (this.#changed.size > 0) {
      const changes = new Map(this.#changed);
      this.#changed.clear();
      try {
        await this.host.vault.write(changes);
      } catch {
        this.host.log.warn('reactions could not be kept');
        return;
      }
    }
  }
}

const keyOf = (which: string[]) => prefix + createHash('sha256').update(JSON.stringify(which)).digest('base64url');

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
