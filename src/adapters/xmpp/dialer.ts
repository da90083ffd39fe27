import { AdapterError, type Host, hostPort, Timers, throughGate } from '../../sdk/index.js';
import { type Endpoint, endpoints } from './endpoints.js';
import type { Jid } from './ids.js';
import { type Earlier, type Negotiated, negotiate } from './negotiate.js';
import { type End, Ended, retry } from './reasons.js';
import type { Settings } from './settings.js';
import { Stream } from './stream.js';
import { tlsOptionsFor } from './trust.js';
import { visible } from './wire.js';

const dialMs = 30_000;

export type Dialled = { stream: Stream; negotiated: Negotiated } | { end: End } | { forbidden: unknown };

/** Finds the server and signs in: each of its addresses once a call, the next only where the one before is not there. */
export class Dialer {
  readonly #timers: Timers;
  #stream: Stream | undefined;
  #elsewhere: Endpoint | undefined;
  #leaveGate = () => {};
  readonly #abort = new AbortController();

  constructor(
    private readonly settings: Settings,
    private readonly own: Jid,
    private readonly host: Host,
  ) {
    this.#timers = new Timers(host.clock);
  }

  /** The next call goes to another server of the service, which this one named. */
  goTo({ host, port }: { host: string; port: number | undefined }): void {
    const { tls } = this.settings;
    this.#elsewhere = { host, port: port ?? (tls === 'on' ? 5223 : 5222), tls };
  }

  async dial(earlier: Earlier | undefined): Promise<Dialled> {
    const named = this.#elsewhere;
    this.#elsewhere = undefined;
    const found = named ? [named] : await endpoints(this.settings, this.own.domain, this.#abort.signal);
    let last: Dialled = { end: retry('the server has no address') };
    for (const endpoint of found) {
      if (this.#abort.signal.aborted) break;
      last = await this.#try(endpoint, earlier);
      if ('negotiated' in last || ('end' in last && last.end.next !== 'retry')) break;
    }
    return last;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#timers.clear();
    this.#leaveGate();
    const stream = this.#stream;
    stream?.fail(retry('the account is stopped'));
    await stream?.close(0);
  }

  async #try(endpoint: Endpoint, earlier: Earlier | undefined): Promise<Dialled> {
    try {
      await this.host.checkServer(endpoint.host);
    } catch (forbidden) {
      return { forbidden };
    }
    const at = hostPort(endpoint.host, endpoint.port);
    await new Promise<void>((resolve) => {
      this.#leaveGate = throughGate(at, resolve);
      this.#timers.set('gate', dialMs, resolve);
    });
    this.#timers.drop('gate');
    try {
      if (this.#abort.signal.aborted) return { end: retry('the account is stopped') };
      return await this.#open(endpoint, at, earlier);
    } finally {
      this.#leaveGate();
      this.#leaveGate = () => {};
      this.#timers.drop('dial');
      this.#stream = undefined;
    }
  }

  async #open(endpoint: Endpoint, at: string, earlier: Earlier | undefined): Promise<Dialled> {
    const { settings, own } = this;
    let opened: Stream | undefined;
    try {
      const { stream, ready } = Stream.open(endpoint, own.domain, tlsOptionsFor(own.domain, settings.certificate));
      opened = stream;
      this.#stream = stream;
      this.#timers.set('dial', dialMs, () => stream.fail(retry(`${at} did not answer in time`)));
      await ready;
      return { stream, negotiated: await negotiate(stream, settings, own, earlier) };
    } catch (error) {
      const why = error instanceof Error ? visible(error.message, 200) : 'unknown';
      const end = error instanceof Ended ? error.end : retry(`the connection could not be begun: ${why}`);
      opened?.fail(end);
      if (error instanceof AdapterError) throw error;
      return { end };
    }
  }
}
