import { EventEmitter } from 'node:events';
import { newId } from '../../core/ids.js';
import { type Log, systemClock } from '../../core/log.js';
import { Holding, type HoldingEvents } from '../../core/nodes/holding.js';
import type { Home, Peers } from '../../core/nodes/peers.js';
import type { Config } from '../config/config.js';
import { urlOfNode } from '../database/held.js';
import { StartError } from '../start-error.js';
import { Bus, type Topic } from './bus.js';
import { NodeSeal } from './seal.js';
import { PgNodeStore } from './store.js';

export type NodesAt = Pick<Config, 'roles'> & { redisUrl: string; databaseUrl: string };

/** What a process brings along. */
export type Self = {
  /** Where the others reach it. */
  url: string;
  /** Which store of files it uses. */
  files: string;
  secretKeys: readonly Buffer[];
};

export type NodesEvents = Pick<HoldingEvents, 'gained' | 'lost' | 'gone'> & {
  /** Another process committed something of a user held here. */
  rung(userId: string): void;
  /** Another node ended a session or a token of the user. */
  ended(userId: string): void;
};

/** This process among several on one database: whom it holds, and how it reaches the others. */
export class Nodes implements Peers {
  readonly id = newId();
  /** For the connections whose writes are fenced. */
  readonly databaseUrl: string;
  readonly isOpen: boolean;
  readonly #gone = new EventEmitter().setMaxListeners(0);
  readonly #lost = new EventEmitter().setMaxListeners(0);
  #running: { holding: Holding; store: PgNodeStore; bus: Bus; seal: NodeSeal } | undefined;

  constructor(
    private readonly at: NodesAt,
    private readonly log: Log,
  ) {
    this.databaseUrl = urlOfNode(at.databaseUrl, this.id);
    this.isOpen = at.roles.has('api');
  }

  /**
   * Joins the others and takes its part of the users.
   * @throws StartError where they keep their files elsewhere
   */
  async start({ url, files, secretKeys }: Self, events: NodesEvents): Promise<void> {
    const { databaseUrl, redisUrl, roles } = this.at;
    const row = { id: this.id, url, roles: [...roles], files };
    const store = new PgNodeStore(databaseUrl, row, () => undefined);
    const hear = (topic: Topic, about: string) => {
      if (topic === 'freed') holding.ring();
      else if (topic === 'ended') events.ended(about);
      else if (holding.holds(about)) events.rung(about);
    };
    const bus = new Bus(redisUrl, hear, this.log);
    const holding = new Holding(
      store,
      {
        gained: (ids) => events.gained(ids),
        lost: async (ids, how) => {
          for (const id of ids) this.#lost.emit(id);
          await events.lost(ids, how);
        },
        freed: () => bus.tell('freed'),
        gone: (ids) => {
          for (const id of ids) this.#gone.emit(id);
          events.gone(ids);
        },
      },
      roles.has('connector'),
      this.id,
      systemClock,
      () => performance.now(),
      this.log,
    );
    const others = await store.othersFiles();
    if (others.some((other) => other !== files)) {
      await store.close();
      throw new StartError(
        'The other processes on this database keep their files elsewhere. Set PARLEY_FILES of all of them to one folder, or S3_URL to one bucket.',
      );
    }
    bus.start();
    this.#running = { holding, store, bus, seal: new NodeSeal(secretKeys) };
    await holding.start();
  }

  /** Call it when nothing is connected any more. */
  async stop(): Promise<void> {
    const { holding, store, bus } = this.#running ?? {};
    await holding?.stop();
    bus?.close();
    await store?.close();
  }

  get isValid(): boolean {
    return this.#running?.holding.isValid ?? false;
  }

  holds(userId: string): boolean {
    return this.#running?.holding.holds(userId) ?? false;
  }

  /** Tells the node that holds the user. */
  ring(userId: string): void {
    this.#running?.bus.tell('ring', userId);
  }

  /** A session or a token of the user was ended here. Where this is lost, the others find it out within a minute. */
  tellEnded(userId: string): void {
    this.#running?.bus.tell('ended', userId);
  }

  async homeOf(userId: string): Promise<Home> {
    if (this.holds(userId)) return { is: 'here' };
    const home = await this.#running?.store.homeOf(userId);
    if (home === undefined || home.id === this.id) return { is: 'nowhere' };
    return { is: 'there', nodeId: home.id, url: home.url };
  }

  userOfAccount(accountId: string): Promise<string | undefined> {
    return this.#running?.store.userOfAccount(accountId) ?? Promise.resolve(undefined);
  }

  ask(): void {
    this.#running?.holding.ring();
    this.#running?.bus.tell('freed');
  }

  seal(method: string, path: string): string {
    return this.#running?.seal.seal(method, path) ?? '';
  }

  proves(seal: unknown, method: string, path: string): boolean {
    return this.#running?.seal.proves(seal, method, path) ?? false;
  }

  onGone(nodeId: string, listener: () => void): () => void {
    return on(this.#gone, nodeId, listener);
  }

  onLost(userId: string, listener: () => void): () => void {
    return on(this.#lost, userId, listener);
  }
}

function on(emitter: EventEmitter, name: string, listener: () => void): () => void {
  emitter.once(name, listener);
  return () => emitter.off(name, listener);
}
