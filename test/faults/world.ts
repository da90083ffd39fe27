import { expect } from 'vitest';
import { eventually, Parley } from '../support/parley.js';
import { Client } from './client.js';
import { brokenRows, embeddedUrl } from './invariants.js';
import { type FaultLab, type Lanes, openLanes } from './lanes.js';
import { Random } from './random.js';
import { type Figures, round, sum } from './round.js';

/** Rounds of each row; without the variable one, and of the rows that are for every run alone. */
export const rounds = Number(process.env.FAULT_ROUNDS ?? 1);
export const isFull = process.env.FAULT_ROUNDS !== undefined;
export const seed = Number(process.env.FAULT_SEED ?? 20_261_128);
export const ROUND_MS = 240_000;

export type World = {
  parley: Parley;
  lanes: Lanes;
  /** A window that is open all along. */
  client: Client;
  /** Where the rows can be looked at. */
  database(): string;
};
/** `always`: in a run without FAULT_ROUNDS too. */
export type Fault<W extends World = World> = {
  name: string;
  always?: boolean;
  inject(world: W, random: Random): Promise<void>;
  /** Before the next round, and before what came is counted. */
  mend?(world: W): Promise<void>;
};

export const chosen = <F extends { always?: boolean }>(faults: readonly F[]): F[] =>
  faults.filter(({ always }) => isFull || always === true);

export async function startWorld(
  lab: FaultLab,
  {
    env = {},
    database,
    through,
  }: { env?: Record<string, string>; database?: string; through?: (port: number) => Promise<number> } = {},
): Promise<World> {
  const parley = await Parley.start(env);
  await parley.setUp();
  const lanes = await openLanes(parley, lab, through);
  return { parley, lanes, client: new Client(parley), database: () => database ?? embeddedUrl(parley.folder) };
}

export async function endWorld({ parley, lanes, client }: World): Promise<void> {
  client.leave();
  await lanes.leave();
  await parley.remove();
}

/** The rounds of one row: counts, prints what was counted, and holds it against what is promised. */
export async function row<W extends World>(world: W, { name, inject, mend }: Fault<W>): Promise<void> {
  const figures: Figures[] = [];
  for (let index = 0; index < rounds; index += 1) {
    const { parley, lanes, client } = world;
    const random = new Random(seed + index * 7919);
    for (const { accountId } of lanes.all) await parley.online(accountId);
    const fault = async () => {
      await inject(world, random);
      await mend?.(world);
    };
    const done = await round(parley, lanes.all, random, fault).catch((error: unknown) => {
      throw new Error(`Parley said:\n${parley.said}`, { cause: error });
    });
    figures.push(done);
    await eventually(async () => (await client.missing()).length === 0 || undefined).catch(() => undefined);
    expect({ faults: client.faults, missing: await client.missing() }).toEqual({ faults: [], missing: [] });
    expect(await brokenRows(world.database())).toEqual([]);
  }
  const all = sum(figures);
  const { accepted, sent, unknown, failed, received, lost, doubled } = all;
  console.log(
    `fault: ${name} | ${rounds} rounds | accepted ${accepted}, sent ${sent}, in doubt ${unknown}, failed ${failed}, ` +
      `received ${received}, lost ${lost.length}, doubled ${doubled.length}${all.reasons.map((why) => `\n  ${why}`).join('')}`,
  );
  expect(all).toMatchObject({ lost: [], doubled: [], disordered: [], open: [] });
  expect(sent + unknown + failed).toBe(accepted);
}
