import {
  type AdapterError,
  type Event,
  type Json,
  type JsonObject,
  type Log,
  limits,
  type State,
} from '../../index.js';
import { FakeHost } from '../fake-host.js';
import { RunningClock } from '../running-clock.js';
import { eventFaults, isJson, stateFaults } from './sanity.js';
import { Watch } from './watch.js';

export type HostOptions = { cursor?: Json; webhookUrl?: string; forbid?: AdapterError };

/** The fake host with an eye on everything the contract says about what it is given. */
export class WatchfulHost extends FakeHost {
  override readonly clock: RunningClock;
  /** What broke the contract so far. */
  readonly faults: string[] = [];
  /** Everything said for people or logs, to be searched for secrets. */
  readonly words: string[];
  /** How often `deliver` was called and refused. */
  refusals = 0;
  fetches = 0;
  #forbid: AdapterError | undefined;
  #closed = false;

  constructor(options: HostOptions = {}) {
    const clock = new RunningClock();
    const words: string[] = [];
    const { cursor, webhookUrl } = options;
    super({ clock, log: logTo(words), ...(cursor !== undefined && { cursor }), ...(webhookUrl && { webhookUrl }) });
    this.clock = clock;
    this.words = words;
    this.#forbid = options.forbid;
  }

  /** From now on whatever is said is too late. */
  close(): void {
    this.#closed = true;
  }

  override async deliver(events: Event[], cursor?: Json): Promise<void> {
    if (this.#closed) this.faults.push(`deliver after stop: ${JSON.stringify(events).slice(0, 200)}`);
    if (events.length > limits.pendingEvents) this.faults.push(`${events.length} events at once`);
    for (const event of events) this.faults.push(...eventFaults(event, this.clock.now()));
    if (cursor !== undefined && !isJson(cursor)) this.faults.push('the cursor is not plain JSON');
    if (this.deliverError) this.refusals += 1;
    const stored = cursor === undefined ? undefined : structuredClone(cursor);
    await super.deliver(structuredClone(events), stored);
  }

  override state(next: State): void {
    if (this.#closed) this.faults.push(`state ${next.is} after stop`);
    this.faults.push(...stateFaults(next, this.clock.now()));
    if ('why' in next) this.words.push(next.why);
    super.state(next);
  }

  override async saveSession(session: JsonObject): Promise<void> {
    if (this.#closed) this.faults.push('saveSession after stop');
    if (!isJson(session)) this.faults.push('the session is not plain JSON');
    await super.saveSession(structuredClone(session));
  }

  override fetch(url: string, init?: RequestInit): Promise<Response> {
    this.fetches += 1;
    if (this.#forbid) return Promise.reject(this.#forbid);
    return Watch.outside(() => super.fetch(url, init));
  }

  override async checkServer(): Promise<void> {
    if (this.#forbid) throw this.#forbid;
  }
}

function logTo(words: string[]): Log {
  const write = (message: string, fields?: Record<string, unknown>) => {
    words.push(`${message} ${JSON.stringify(fields ?? {})}`);
    if (words.length > 5000) words.shift();
  };
  return { debug: write, info: write, warn: write };
}
