import { Redis } from 'ioredis';
import { errorText, type Log } from '../../core/log.js';

export type Topic = 'freed' | 'ring' | 'ended';

const CHANNEL = 'parley:nodes';
const TOPIC = /^(freed|ring|ended) (.*)$/s;

/**
 * Tells the other nodes to look, by Redis. Nothing is only said here: what is lost is found by whoever looks from time to
 * time, so that a Redis that is away makes things slower and nothing else.
 */
export class Bus {
  readonly #publishing: Redis;
  readonly #hearing: Redis;

  constructor(redisUrl: string, hear: (topic: Topic, about: string) => void, log: Log) {
    const options = { maxRetriesPerRequest: 1, connectTimeout: 5_000, lazyConnect: true };
    this.#publishing = new Redis(redisUrl, { ...options, enableOfflineQueue: false });
    this.#hearing = new Redis(redisUrl, { ...options, maxRetriesPerRequest: null });
    for (const redis of [this.#publishing, this.#hearing])
      redis.on('error', (error) => log.debug('Redis is away', { error: errorText(error) }));
    this.#hearing.on('message', (_channel: string, text: string) => {
      const [, topic, about] = TOPIC.exec(text) ?? [];
      if (topic === 'freed' || topic === 'ring' || topic === 'ended') hear(topic, about ?? '');
    });
  }

  /** Comes and goes with Redis; never rejects. */
  start(): void {
    void this.#publishing.connect().catch(() => undefined);
    void this.#hearing.subscribe(CHANNEL).catch(() => undefined);
  }

  tell(topic: Topic, about = ''): void {
    void this.#publishing.publish(CHANNEL, `${topic} ${about}`).catch(() => undefined);
  }

  close(): void {
    this.#publishing.disconnect();
    this.#hearing.disconnect();
  }
}
