import { z } from 'zod';
import { AdapterError, type Event, type Host } from '../../sdk/index.js';

/**
 * What must outlive a restart: parts of long messages, answers not known to have arrived, receipts still awaited.
 * It travels as the cursor, so it is stored in the same transaction as the events it led to. Every list is bounded.
 */
const stateSchema = z.object({
  v: z.literal(1),
  /** Parts of incoming long messages, until the last one comes. `body` is base64, `at` ms since the epoch. */
  parts: z.array(
    z.object({
      group: z.string(),
      from: z.string(),
      to: z.string().optional(),
      index: z.number(),
      total: z.number(),
      coding: z.number(),
      body: z.string(),
      at: z.number(),
    }),
  ),
  /** Incoming PDUs that are stored, but whose answer may have been lost. */
  seen: z.array(z.object({ digest: z.string(), at: z.number() })),
  /** Outgoing long messages whose receipts are awaited: `target` is the remote id, `ids` one SMSC id a part. */
  groups: z.array(
    z.object({
      target: z.string(),
      to: z.string(),
      ids: z.array(z.string()),
      done: z.array(z.string()),
      failed: z.boolean(),
      at: z.number(),
    }),
  ),
  /** Reports that came before the answer to the send they speak of. */
  early: z.array(
    z.object({
      ids: z.array(z.string()),
      from: z.string(),
      proves: z.enum(['sent', 'delivered', 'failed']),
      reason: z.string(),
      at: z.number(),
    }),
  ),
  /** Long messages the centre took only in part, so that a later try goes on instead of starting again. */
  resumes: z.array(
    z.object({ key: z.string(), ref: z.number(), count: z.number(), ids: z.array(z.string()), at: z.number() }),
  ),
  /** How this centre writes ids in reports, compared with its answers; learned. */
  reportIds: z.enum(['unknown', 'same', 'decimal', 'hex']),
});

export type JournalState = z.infer<typeof stateSchema>;
export type Step = (state: JournalState) => { state: JournalState; events: Event[] };

export const emptyState: JournalState = {
  v: 1,
  parts: [],
  seen: [],
  groups: [],
  early: [],
  resumes: [],
  reportIds: 'unknown',
};

const batchSize = 200;
const waitingLimit = 2_000;

type Waiting = { step: Step; resolve: () => void; reject: (error: unknown) => void };

/** Runs steps one after another and stores state and events together; steps that wait meanwhile share one transaction. */
export class Journal {
  readonly #host: Host;
  #state: JournalState;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(host: Host) {
    this.#host = host;
    const kept = stateSchema.safeParse(host.cursor);
    this.#state = kept.success ? kept.data : emptyState;
  }

  /** As last stored. */
  get state(): JournalState {
    return this.#state;
  }

  /** Resolves when the step's events and the new state are stored; rejects with nothing changed. */
  commit(step: Step): Promise<void> {
    if (this.#closed) return Promise.reject(new AdapterError('temporary', 'the account is being stopped'));
    if (this.#waiting.length >= waitingLimit)
      return Promise.reject(new AdapterError('temporary', 'too much is waiting to be stored'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ step, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Takes no more steps; resolves when those begun are stored. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#store(this.#waiting.splice(0, batchSize));
    this.#running = undefined;
  }

  async #store(batch: Waiting[]): Promise<void> {
    let state = this.#state;
    const events: Event[] = [];
    const done: Waiting[] = [];
    for (const waiting of batch) {
      try {
        const next = waiting.step(state);
        state = next.state;
        events.push(...next.events);
        done.push(waiting);
      } catch (error) {
        waiting.reject(error);
      }
    }
    try {
      if (state !== this.#state) await this.#host.deliver(events, state);
      else if (events.length > 0) await this.#host.deliver(events);
      this.#state = state;
      for (const waiting of done) waiting.resolve();
    } catch (error) {
      for (const waiting of done) waiting.reject(error);
    }
  }
}
