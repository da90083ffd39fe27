import { AdapterError, type Clock, type Connection, type ResolvedChat } from '../../sdk/index.js';

const LIMIT_MS = 5_000;

/** Asks the network for the chat with an address, but not for long. @throws AdapterError `temporary` past the limit */
export function resolveWithin(connection: Connection, address: string, clock: Clock): Promise<ResolvedChat> {
  return new Promise((resolve, reject) => {
    const late = clock.after(LIMIT_MS, () =>
      reject(new AdapterError('temporary', 'the network did not answer in time')),
    );
    connection.resolve(address, { join: false }).then(resolve, reject).finally(late);
  });
}
