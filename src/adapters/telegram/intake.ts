import { z } from 'zod';
import { AdapterError, type Event, type Host } from '../../sdk/index.js';
import type { BotApi } from './api.js';
import type { Avatars } from './avatars.js';
import { fetchFiles } from './files.js';
import { type Reading, readUpdate, Threads } from './inbound.js';
import type { Ledger, LedgerState } from './ledger.js';
import type { People } from './people.js';
import { updateNumberSchema, updateSchema } from './wire.js';

/** What is held at most before it is stored: files weigh more than words. */
const mostEvents = 200;
const mostBytes = 8 * 1024 * 1024;

type Batch = { events: Event[]; bytes: number; presses: string[]; changes: Change[]; last: number | undefined };
type Change = (state: LedgerState) => LedgerState;

/** Turns updates into stored events, one batch after another, with the place to go on from in the same transaction. */
export class Intake {
  readonly #host: Host;
  readonly #api: BotApi;
  readonly #ledger: Ledger;
  readonly #people: People;
  readonly #avatars: Avatars;
  readonly #threads = new Threads();
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: Host, api: BotApi, ledger: Ledger, people: People, avatars: Avatars) {
    this.#host = host;
    this.#api = api;
    this.#ledger = ledger;
    this.#people = people;
    this.#avatars = avatars;
  }

  /** Resolves when all of them are stored; rejects with what is stored so far kept and the rest to be given again. */
  take(updates: readonly unknown[], me: number, signal: AbortSignal): Promise<void> {
    const run = this.#last.then(() => this.#take(updates, me, signal));
    this.#last = run.catch(() => {});
    return run;
  }

  async settled(): Promise<void> {
    await this.#last;
  }

  async #take(updates: readonly unknown[], me: number, signal: AbortSignal): Promise<void> {
    let batch = emptyBatch();
    for (const raw of updates) {
      if (signal.aborted) throw new AdapterError('temporary', 'the account is being stopped');
      const reading = this.#read(raw, me);
      if (reading) await this.#add(batch, reading, signal);
      batch.last = updateNumberSchema.safeParse(raw).data?.update_id ?? batch.last;
      // What an update teaches (a group's new id) has to be known when the next is read.
      if (batch.changes.length > 0 || batch.events.length >= mostEvents || batch.bytes >= mostBytes) {
        await this.#store(batch, signal);
        batch = emptyBatch();
      }
    }
    await this.#store(batch, signal);
  }

  #read(raw: unknown, me: number): Reading | undefined {
    const update = updateSchema.safeParse(raw);
    if (!update.success) {
      this.#host.log.warn('an update of Telegram cannot be read and is passed over', {
        why: z.prettifyError(update.error).slice(0, 500),
      });
      return undefined;
    }
    return readUpdate(update.data, { ledger: this.#ledger, me, threads: this.#threads });
  }

  async #add(batch: Batch, reading: Reading, signal: AbortSignal): Promise<void> {
    const [first, ...rest] = reading.events;
    if (first?.type === 'message' && reading.files !== undefined && reading.files.length > 0) {
      const { attachments, notes } = await fetchFiles(this.#api, this.#host, reading.files, signal);
      const text = [first.text, ...notes].filter((part) => part !== '').join('\n');
      const html = first.html === undefined ? undefined : [first.html, ...notes.map(escaped)].join('<br>');
      batch.events.push({ ...first, text, ...(html === undefined ? {} : { html }), attachments }, ...rest);
      batch.bytes += attachments.reduce((sum, { size }) => sum + size, 0);
    } else batch.events.push(...reading.events);
    if (reading.press !== undefined) batch.presses.push(reading.press);
    if (reading.change) batch.changes.push(reading.change);
  }

  async #store(batch: Batch, signal: AbortSignal): Promise<void> {
    const { events, presses, changes, last } = batch;
    if (last === undefined && events.length === 0) return;
    await this.#ledger.commit(events, (state) => {
      const changed = changes.reduce((before, change) => change(before), state);
      return last === undefined ? changed : { ...changed, offset: last + 1, latest: this.#ledger.latest };
    });
    for (const event of events) {
      this.#people.saw(event);
      if (event.type === 'message' && event.chat.kind === 'direct' && event.from) this.#avatars.want(event.from);
    }
    for (const press of presses) this.#answer(press, signal);
  }

  /** Ends the waiting mark on the button. Nothing depends on it. */
  #answer(id: string, signal: AbortSignal): void {
    this.#api
      .call(z.unknown(), (api, end) => api.answerCallbackQuery({ callback_query_id: id }, end), { signal })
      .catch((error: unknown) => this.#host.log.debug('a button could not be answered', { error: String(error) }));
  }
}

const emptyBatch = (): Batch => ({ events: [], bytes: 0, presses: [], changes: [], last: undefined });

const escaped = (text: string) =>
  text.replace(/[&<>]/g, (sign) => (sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : '&gt;'));
