import { type IrcLoad, type LoadRun, nowNs, readStamp } from './load-irc.ts';

/** What of a run came out of the socket. Times in ms; `seconds` from the first line written to the last that came. */
export type Outcome = {
  sent: number;
  lost: number;
  /** The same message of the network shown as two. */
  doubled: number;
  /** Shown after a later one of its chat. */
  disordered: number;
  latencies: number[];
  seconds: number;
};

/** How messages come to where they are seen: evenly, and as fast as the socket takes them. */
export type Way = {
  rate(perSecond: number, seconds: number): Promise<Outcome>;
  burst(count: number): Promise<Outcome>;
};

/** From a generator to one channel or person, until it is seen by a client. */
export const wayTo = (
  load: Pick<IrcLoad, 'rate' | 'burst'>,
  to: string,
  client: { watch(write: () => Promise<LoadRun>): Promise<Outcome> },
): Way => ({
  rate: (perSecond, seconds) => client.watch(() => load.rate(perSecond, seconds, { to })),
  burst: (count) => client.watch(() => load.burst(count, { to })),
});

/** A message as a client shows it. Sent again under its own id it is no second one. */
export type Shown = { id: string; chat: string; text: string };

const quiet = 15_000;

type Arrival<Frame> = { atNs: bigint; frame: Frame };

/** Notes when each frame came to a client, and reads them afterwards, so that reading does not hold up what comes. */
export class Arrivals<Frame extends Buffer | string> {
  #arrivals: Arrival<Frame>[] = [];
  #onFrame = (_frame: Frame) => {};
  #onClose = () => {};

  /** @param read what a frame shows, in order */
  constructor(private readonly read: (frame: Frame) => Shown[]) {}

  note(frame: Frame): void {
    this.#arrivals.push({ atNs: nowNs(), frame });
    this.#onFrame(frame);
  }

  /** Nothing more will come. */
  close(): void {
    this.#onClose();
  }

  /** Does `write` and waits until its last message came, or nothing has come for `quietMs`. */
  async watch(write: () => Promise<LoadRun>, quietMs = quiet): Promise<Outcome> {
    this.begin();
    return this.outcome(await write(), quietMs);
  }

  /** Forgets what came before. */
  begin(): void {
    this.#arrivals = [];
  }

  /** Of a run written since `begin`: waits for its last message, or until nothing has come for `quietMs`. */
  async outcome(run: LoadRun, quietMs = quiet): Promise<Outcome> {
    await this.#untilSeen(`load:${run.run}:${run.sent - 1}:`, quietMs);
    const outcome = this.#outcome(run);
    this.#arrivals = [];
    return outcome;
  }

  #untilSeen(stamp: string, quietMs: number): Promise<void> {
    if (this.#arrivals.some(({ frame }) => frame.includes(stamp))) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#onFrame = () => {};
        this.#onClose = () => {};
        resolve();
      };
      const timer = setTimeout(done, quietMs);
      this.#onClose = done;
      this.#onFrame = (frame) => {
        timer.refresh();
        if (frame.includes(stamp)) done();
      };
    });
  }

  #outcome(run: LoadRun): Outcome {
    const ids = new Map<number, string>();
    const lastOf = new Map<string, number>();
    const result: Outcome = { sent: run.sent, lost: 0, doubled: 0, disordered: 0, latencies: [], seconds: 0 };
    for (const { atNs, frame } of this.#arrivals) {
      for (const { id, chat, text } of this.read(frame)) {
        const stamp = readStamp(text);
        if (stamp?.run !== run.run) continue;
        const known = ids.get(stamp.sequence);
        if (known !== undefined) {
          if (known !== id) result.doubled += 1;
          continue;
        }
        ids.set(stamp.sequence, id);
        if ((lastOf.get(chat) ?? -1) > stamp.sequence) result.disordered += 1;
        lastOf.set(chat, stamp.sequence);
        result.latencies.push(Number(atNs - stamp.sentNs) / 1e6);
        result.seconds = Number(atNs - run.startedNs) / 1e9;
      }
    }
    result.lost = run.sent - ids.size;
    return result;
  }
}
