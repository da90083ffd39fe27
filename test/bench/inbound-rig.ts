import { setTimeout as sleep } from 'node:timers/promises';
import { Floor } from './floor.ts';
import { Load } from './load.ts';
import type { Shared } from './part.ts';
import { Watcher } from './watcher.ts';

export const channel = '#parley';
const pauseMs = 1_500;

/** A generator, an account on it that is in `channel`, the bare relay beside it, and a browser of each. */
export type InboundRig = {
  load: Load;
  floor: Floor;
  watcher: Watcher;
  open(): Promise<Watcher>;
  pause(): Promise<void>;
};

/** For as long as `use` takes; the account is removed afterwards. */
export async function withInbound<Result>(
  { server, person }: Shared,
  use: (rig: InboundRig) => Promise<Result>,
): Promise<Result> {
  const load = await Load.start(10);
  const open = () => Watcher.open(server.streamUrl, person.token);
  let floor: Floor | undefined;
  let watcher: Watcher | undefined;
  let account: string | undefined;
  try {
    floor = await Floor.open(load);
    account = await server.signIn(person, { server: load.host, port: load.port, nick: 'bench', channels: channel });
    await server.untilOnline(person, account);
    await load.untilMembers(channel, 1, 10_000);
    watcher = await open();
    return await use({ load, floor, watcher, open, pause: () => sleep(pauseMs) });
  } finally {
    watcher?.close();
    await floor?.close();
    if (account !== undefined) await server.call(person, 'DELETE', `/accounts/${account}`);
    await load.stop();
  }
}
