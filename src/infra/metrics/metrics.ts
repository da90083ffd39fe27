import type pg from 'pg';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricsService } from '../../core/metrics.js';
import type { Figures } from './figures.js';

/** What is read at each scrape; nothing of it may wait for more than the database. */
export type Sources = {
  version: string;
  /** Ids of the networks there are; any other is counted as `other`, so that names from outside make no series. */
  networks: ReadonlySet<string>;
  pool: pg.Pool;
  figures(): Promise<Figures>;
  /** Open streams of clients. */
  streams(): number;
  disk(): Promise<{ free: number; size: number }>;
};

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Figures of this process and of the database, in the text format of Prometheus. Labels are networks, states and outcomes alone. */
export class Metrics implements MetricsService {
  readonly #registry = new Registry();
  readonly #attempts: Counter<'network' | 'outcome'>;
  readonly #inbound: Histogram<'network'>;
  readonly #inboundEvents: Counter<'network' | 'outcome'>;
  readonly #storing: Gauge<'network'>;
  readonly #fromRows: ReturnType<typeof rowGauges>;

  constructor(private readonly sources: Sources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#attempts = new Counter({
      name: 'parley_attempts_total',
      help: 'Attempts to send, by what came of them: sent, retry, failed, unknown',
      labelNames: ['network', 'outcome'],
      registers,
    });
    this.#inbound = new Histogram({
      name: 'parley_inbound_seconds',
      help: 'From an event being handed over by a network to its being stored',
      labelNames: ['network'],
      buckets: SECONDS,
      registers,
    });
    this.#inboundEvents = new Counter({
      name: 'parley_inbound_events_total',
      help: 'Events of networks, stored or refused (the network is asked again)',
      labelNames: ['network', 'outcome'],
      registers,
    });
    this.#storing = new Gauge({
      name: 'parley_inbound_waiting_events',
      help: 'Events that were handed over and are not stored yet',
      labelNames: ['network'],
      registers,
    });
    this.#fromRows = rowGauges(registers);
    new Gauge({
      name: 'parley_info',
      help: 'Which Parley this is',
      labelNames: ['version'],
      registers,
    }).set({ version: sources.version }, 1);
    const { pool } = sources;
    new Gauge({
      name: 'parley_streams',
      help: 'Open WebSockets of clients',
      registers,
      collect() {
        this.set(sources.streams());
      },
    });
    new Gauge({
      name: 'parley_database_connections',
      help: 'Connections of the pool: busy, idle, and callers that wait for one',
      labelNames: ['state'],
      registers,
      collect() {
        this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
        this.set({ state: 'idle' }, pool.idleCount);
        this.set({ state: 'waited_for' }, pool.waitingCount);
      },
    });
  }

  async text(): Promise<string> {
    const [rows, disk] = await Promise.all([
      this.sources.figures().catch(() => undefined),
      this.sources.disk().catch(() => undefined),
    ]);
    this.#fill(rows, disk);
    return this.#registry.metrics();
  }

  /** Runs `store` and tells how long it took, and what came of it. */
  async inbound<T>(network: string, events: number, store: () => Promise<T>): Promise<T> {
    const label = { network: this.#network(network) };
    const end = this.#inbound.startTimer(label);
    this.#storing.inc(label, events);
    try {
      const result = await store();
      this.#inboundEvents.inc({ ...label, outcome: 'stored' }, events);
      end();
      return result;
    } catch (error) {
      this.#inboundEvents.inc({ ...label, outcome: 'refused' }, events);
      throw error;
    } finally {
      this.#storing.dec(label, events);
    }
  }

  /** What came of an attempt to send. */
  attempt(network: string | undefined, outcome: string): void {
    this.#attempts.inc({ network: this.#network(network ?? ''), outcome });
  }

  #network(id: string): string {
    return this.sources.networks.has(id) ? id : 'other';
  }

  #fill(figures: Figures | undefined, disk: { free: number; size: number } | undefined): void {
    const gauges = this.#fromRows;
    for (const gauge of Object.values(gauges)) gauge.reset();
    gauges.up.set(figures === undefined ? 0 : 1);
    if (disk !== undefined) {
      gauges.disk.set({ what: 'free' }, disk.free);
      gauges.disk.set({ what: 'size' }, disk.size);
    }
    if (figures === undefined) return;
    for (const { network, state, n } of figures.accounts)
      gauges.accounts.inc({ network: this.#network(network), state }, n);
    for (const { network, status, n, oldest } of figures.waiting) {
      const label = { network: this.#network(network) };
      gauges.deliveries.inc({ ...label, status }, n);
      if (status === 'queued') gauges.oldest.set(label, oldest);
    }
    for (const { network, n } of figures.unknown)
      gauges.deliveries.inc({ network: this.#network(network), status: 'unknown' }, n);
    for (const { network, direction, n } of figures.quarantined)
      gauges.quarantined.inc({ network: this.#network(network), direction }, n);
    gauges.webhooks.set(figures.webhookLag);
    gauges.broadcasts.set(figures.broadcasts);
    gauges.size.set(figures.size);
  }
}

const rowGauges = (registers: Registry[]) => ({
  up: new Gauge({ name: 'parley_database_up', help: 'Whether the database answered this scrape', registers }),
  accounts: new Gauge({
    name: 'parley_accounts',
    help: 'Accounts by state',
    labelNames: ['network', 'state'],
    registers,
  }),
  deliveries: new Gauge({
    name: 'parley_deliveries',
    help: 'Deliveries that are not finished, and those in doubt',
    labelNames: ['network', 'status'],
    registers,
  }),
  oldest: new Gauge({
    name: 'parley_oldest_due_seconds',
    help: 'How long the longest waiting delivery of a network has been due',
    labelNames: ['network'],
    registers,
  }),
  quarantined: new Gauge({
    name: 'parley_quarantined',
    help: 'What could not be stored (in) or made ready to be sent (out), and waits for its user',
    labelNames: ['network', 'direction'],
    registers,
  }),
  webhooks: new Gauge({
    name: 'parley_webhook_lag_revisions',
    help: 'Most changes that a webhook has not been told of',
    registers,
  }),
  broadcasts: new Gauge({ name: 'parley_broadcasts_running', help: 'Broadcasts under way', registers }),
  size: new Gauge({ name: 'parley_database_bytes', help: 'Size of the database', registers }),
  disk: new Gauge({
    name: 'parley_disk_bytes',
    help: 'The disk of the data folder: free, and its size',
    labelNames: ['what'],
    registers,
  }),
});
