import { AdapterError, type Host, type OutgoingMessage, type Sent } from '../../sdk/index.js';
import { Breaker } from './breaker.js';
import { times } from './cost.js';
import type { Desk } from './desk.js';
import type { Gateway, GatewayHost } from './gateway.js';
import type { Common } from './session.js';

export type Way = { gateway: Gateway; host: GatewayHost };
type Route = Way & { index: number; breaker: Breaker };

/** With these nothing was sent, so that another gateway may be asked. */
const nothingSent = new Set(['temporary', 'auth', 'rate-limited']);

/** Picks the gateway and the sender of each text: the first gateway that works, the sender the person knows. */
export class Sending {
  readonly #host: Host;
  readonly #desk: Desk;
  readonly #routes: Route[];
  readonly #common: Common;

  constructor(host: Host, desk: Desk, ways: readonly Way[], common: Common) {
    this.#host = host;
    this.#desk = desk;
    this.#common = common;
    this.#routes = ways.map((way, index) => ({ ...way, index, breaker: new Breaker(host.clock) }));
  }

  /** `by`: the gateway to begin with. @throws AdapterError of the last gateway that was asked */
  async send(chatId: string, message: OutgoingMessage, by = 0): Promise<Sent> {
    const reasons: string[] = [];
    let last: unknown;
    for (const route of this.#inOrder(message.key, by)) {
      try {
        return await this.#by(route, chatId, message);
      } catch (error) {
        if (!(error instanceof AdapterError) || !nothingSent.has(error.kind) || route.gateway.hasBegun(message.key))
          throw error;
        last = error;
        reasons.push(`${route.gateway.name}: ${error.message}`);
      }
    }
    throw several(last, reasons);
  }

  /** The rest of a text goes where its beginning went. One that is down or fails again and again is asked last. */
  #inOrder(key: string, by: number): Route[] {
    const begun = this.#routes.find(({ gateway }) => gateway.hasBegun(key));
    if (begun) return [begun];
    const rank = ({ host, breaker, index }: Route) =>
      (host.current.is === 'online' ? 0 : 4) + (breaker.closed ? 0 : 2) + (index === by ? 0 : 1);
    return this.#routes.toSorted((a, b) => rank(a) - rank(b));
  }

  async #by({ gateway, host, breaker, index }: Route, chatId: string, message: OutgoingMessage): Promise<Sent> {
    const from = this.#desk.senderFor(gateway.senders, chatId);
    try {
      const sent = await gateway.send(chatId, message, from);
      breaker.succeeded();
      if (gateway.senders.length > 1) await this.#keepSender(chatId, from);
      const { remoteId } = sent;
      const named = host.ownIds && remoteId !== undefined ? { ...sent, remoteId: `${host.mark}${remoteId}` } : sent;
      return this.#told(named, gateway, index);
    } catch (error) {
      if (error instanceof AdapterError && ['temporary', 'unknown-outcome'].includes(error.kind)) breaker.failed();
      throw error;
    }
  }

  async #keepSender(chatId: string, from: string): Promise<void> {
    await this.#desk
      .keepSender(chatId, from)
      .catch((error: unknown) => this.#host.log.warn('a sender was not kept', { error: String(error) }));
  }

  #told(sent: Sent, gateway: Gateway, index: number): Sent {
    const { price, secondPrice, currency } = this.#common;
    const each = index === 0 ? price : secondPrice || price;
    return {
      ...sent,
      ...(this.#routes.length > 1 ? { provider: gateway.name } : {}),
      ...(each === '' || currency === '' ? {} : { cost: { amount: times(each, sent.parts ?? 1), currency } }),
    };
  }
}

/** What the last gateway said decides what is next; a person reads what all of them said. */
function several(last: unknown, reasons: string[]): unknown {
  if (!(last instanceof AdapterError) || reasons.length < 2) return last;
  const { kind, retryAfterMs } = last;
  return new AdapterError(kind, reasons.join('; '), {
    cause: last,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
