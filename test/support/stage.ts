import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Event, MessageEvent } from '../../src/sdk/index.js';
import { eventually } from './parley.js';
import { freePort } from './ports.js';
import type { Asked, Order } from './stage/orders.js';

type Without<T> = T extends unknown ? Omit<T, 'account'> : never;

/** The other end of the adapter package in `stage/`: makes happen on its network what a test wants to see. */
export class Stage {
  private constructor(
    private readonly port: number,
    private readonly plays: readonly string[],
  ) {}

  /** With networks of ours that are to happen here too, beside the stage's own. */
  static async make(...plays: string[]): Promise<Stage> {
    return new Stage(await freePort(), plays);
  }

  /** For the server that is to have it. */
  get env(): Record<string, string> {
    const register = fileURLToPath(new URL('./stage/register.mjs', import.meta.url));
    return {
      PARLEY_ADAPTERS: 'parley-stage',
      PARLEY_IMAGE_HOSTS: '127.0.0.1',
      NODE_OPTIONS: `--import=${register}`,
      STAGE_SDK: path.resolve('dist/sdk/index.js'),
      STAGE_PORT: String(this.port),
      STAGE_PLAYS: this.plays.join(' '),
    };
  }

  /** An image on another server. */
  get image(): string {
    return `http://127.0.0.1:${this.port}/image.png`;
  }

  async order(account: string, order: Without<Order>): Promise<unknown> {
    const body = JSON.stringify({ account, ...order }, (_key, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('base64') : value,
    );
    const answer = await fetch(`http://127.0.0.1:${this.port}/`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`${order.do}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async deliver(account: string, ...events: Event[]): Promise<void> {
    await this.order(account, { do: 'deliver', events });
  }

  /** What the network was asked, once this was among it. */
  async asked(account: string, fits: (one: Asked) => boolean): Promise<Asked> {
    return eventually(async () => ((await this.order(account, { do: 'tell' })) as Asked[]).find(fits));
  }

  async allAsked(account: string): Promise<Asked[]> {
    return (await this.order(account, { do: 'tell' })) as Asked[];
  }
}

/** Somebody on the stage, whose name is written as names are. */
export const person = (id: string) => ({ id, address: id, name: id.charAt(0).toUpperCase() + id.slice(1) });

let count = 0;

/** Something said on the stage. */
export function said(text: string, from: string | undefined, more: Partial<MessageEvent> = {}): MessageEvent {
  count += 1;
  return {
    type: 'message',
    chat: { id: from ?? 'ada', kind: 'direct' },
    id: `said${count}`,
    ...(from === undefined ? {} : { from: { id: from, address: from, name: from } }),
    text,
    format: 'plain',
    at: Date.now(),
    ...more,
  };
}
