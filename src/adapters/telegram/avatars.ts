import { type BuddyInfo, type Host, limits } from '../../sdk/index.js';
import type { BotApi } from './api.js';
import { pause } from './files.js';
import { fileSchema, photosSchema } from './wire.js';

const askAgainMs = 24 * 3_600_000;
const betweenMs = 1_000;
const most = { known: 2_000, waiting: 100, failures: 3 };

type Seen = { id: string | undefined; at: number };

/** Pictures of people in direct chats: one person at a time, each at most once a day, and only a picture not seen yet. */
export class Avatars {
  readonly #host: Host;
  readonly #api: BotApi;
  readonly #seen = new Map<string, Seen>();
  readonly #waiting = new Map<string, BuddyInfo>();
  #failures = 0;
  #running: Promise<void> | undefined;
  #end = new AbortController();

  constructor(host: Host, api: BotApi) {
    this.#host = host;
    this.#api = api;
  }

  want(buddy: BuddyInfo): void {
    const seen = this.#seen.get(buddy.id);
    const fresh = seen !== undefined && seen.at + askAgainMs > this.#host.clock.now();
    const full = this.#waiting.size >= most.waiting || this.#failures >= most.failures;
    if (fresh || full || this.#end.signal.aborted || !/^[1-9]\d*$/.test(buddy.id)) return;
    this.#waiting.set(buddy.id, buddy);
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#end.abort();
    this.#waiting.clear();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (this.#waiting.size > 0 && !signal.aborted) {
      await pause(this.#host, betweenMs, signal);
      const [next] = this.#waiting.values();
      if (next === undefined || signal.aborted) break;
      this.#waiting.delete(next.id);
      try {
        await this.#look(next, signal);
        this.#failures = 0;
      } catch (error) {
        this.#failures += 1;
        this.#host.log.debug('a picture could not be fetched', { error: String(error) });
      }
    }
    this.#running = undefined;
  }

  async #look(buddy: BuddyInfo, signal: AbortSignal): Promise<void> {
    const before = this.#seen.get(buddy.id);
    const found = await this.#api.call(
      photosSchema,
      (api, end) => api.getUserProfilePhotos({ user_id: Number(buddy.id), limit: 1 }, end),
      { signal },
    );
    const sizes = found.photos[0]?.toSorted((a, b) => a.width - b.width) ?? [];
    const fits = sizes.filter(({ file_size: size }) => (size ?? 0) <= limits.avatarBytes);
    const photo = fits.find(({ width }) => width >= 160) ?? fits.at(-1);
    this.#remember(buddy.id, photo?.file_unique_id);
    if (photo?.file_unique_id === before?.id) return;
    if (photo === undefined) {
      await this.#host.deliver([{ type: 'contact', buddy, avatar: null }]);
      return;
    }
    const file = await this.#api.call(fileSchema, (api, end) => api.getFile({ file_id: photo.file_id }, end), {
      signal,
    });
    if (file.file_path === undefined) return;
    const content = await this.#api.download(file.file_path, limits.avatarBytes, signal);
    const avatar = { id: photo.file_unique_id, type: 'image/jpeg', content };
    await this.#host.deliver([{ type: 'contact', buddy, avatar }]);
  }

  #remember(buddy: string, id: string | undefined): void {
    this.#seen.delete(buddy);
    this.#seen.set(buddy, { id, at: this.#host.clock.now() });
    const oldest = this.#seen.keys().next();
    if (this.#seen.size > most.known && !oldest.done) this.#seen.delete(oldest.value);
  }
}
