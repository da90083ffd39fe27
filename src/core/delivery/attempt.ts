import { AdapterError, type Clock, type Features, type OutgoingMessage, type Sent } from '../../sdk/index.js';
import type { Live } from '../accounts/supervisor.js';
import type { Fitted } from '../messages/content.js';
import { isOutage } from '../messages/outage.js';
import { Unready } from './poison.js';
import type { Claim } from './queue.js';

const SEND_LIMIT_MS = 60_000;
const GRACE_MS = 10_000;

export type Tried =
  | { is: 'sent'; sent: Sent }
  /** `idempotent`: the network would show a repeat as the same message. */
  | { is: 'not-sent'; error: unknown; idempotent: boolean };

type Around = {
  clock: Clock;
  /** What the chat can do, before anything is sent. */
  about: (send: Features['send']) => void;
  fit: () => Promise<Fitted>;
};

/** One try of one delivery. Never rejects, and always ends: a network that does not answer is given up. */
export async function attempt(
  live: Live,
  claim: Claim,
  abort: AbortController,
  { clock, about, fit }: Around,
): Promise<Tried> {
  let idempotent = false;
  try {
    const { send, fitted } = await ready(async () => {
      const { send } = live.connection.chat(claim.chatRemoteId);
      about(send);
      return { send, fitted: await fit() };
    });
    idempotent = send.idempotent;
    const message: OutgoingMessage = { ...fitted, key: claim.key, signal: abort.signal };
    return { is: 'sent', sent: await limited(clock, () => send.message(message), abort) };
  } catch (error) {
    return { is: 'not-sent', error, idempotent };
  }
}

/** What goes wrong here does so before the wire. @throws Unready where the fault is ours */
async function ready<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof AdapterError) throw error;
    if (isOutage(error)) throw new AdapterError('temporary', 'the database is away', { cause: error });
    throw new Unready(error);
  }
}

function limited(clock: Clock, send: () => Promise<Sent>, abort: AbortController): Promise<Sent> {
  return new Promise<Sent>((resolve, reject) => {
    const stop = clock.after(SEND_LIMIT_MS, () => abort.abort());
    const late = clock.after(SEND_LIMIT_MS + GRACE_MS, () =>
      reject(new AdapterError('unknown-outcome', `no answer within ${SEND_LIMIT_MS / 1000} s; it may have been sent`)),
    );
    send()
      .then(resolve, reject)
      .finally(() => {
        stop();
        late();
      });
  });
}
