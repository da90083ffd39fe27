import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { Client } from './client.js';
import { brokenRows, embeddedUrl } from './invariants.js';
import { type Lane, type Lanes, laneServers, openLanes } from './lanes.js';
import { Random } from './random.js';
import { accept, compare, type Written } from './round.js';

/**
 * `FAULT_KILLS` kills (4 by default) at random moments of `FAULT_SEED`, some while it still starts, with messages going
 * out and coming in all the time. Afterwards: the ledger beside what came at real servers, what the others wrote beside
 * what is shown, a window that was open all along beside what is stored, and the rows themselves.
 */
const kills = Number(process.env.FAULT_KILLS ?? 4);
const seed = Number(process.env.FAULT_SEED ?? 20_261_128);
/** A start takes one to two seconds: about half of the kills find it at work. */
const LONGEST_LIFE_MS = 4_000;
/** What a network's own flood rules let through. */
const GAP_MS: Record<string, number> = { irc: 2_000, xmpp: 300, email: 1_500, 'sms-smpp': 300, 'sms-http': 400 };
const SAY_GAP_MS = 1_000;

const lab = await labOrSkip(laneServers, ['people']);

if (lab) {
  let parley: Parley;
  let lanes: Lanes;
  beforeAll(async () => {
    parley = await Parley.start();
    await parley.setUp();
    lanes = await openLanes(parley, lab);
  });
  afterAll(async () => {
    await lanes.leave();
    await parley.remove();
  });

  test(
    `killed ${kills} times at random moments`,
    async () => {
      const random = new Random(seed);
      const client = new Client(parley);
      const busy = { on: true };
      const written: Written[] = [];
      const said = new Map<Lane, string[]>();
      const round = randomUUID().slice(0, 8);
      const work = lanes.all.flatMap((lane) => [write(lane), ...(lane.say ? [talk(lane, lane.say)] : [])]);
      for (let kill = 0; kill < kills; kill += 1) {
        await sleep(random.between(0, LONGEST_LIFE_MS));
        await parley.kill();
        parley.launch();
      }
      await parley.ready();
      busy.on = false;
      await Promise.all(work);
      const figures = await compare(parley, lanes.all, written);
      await eventually(async () => (await lost()).length === 0 || undefined, 60_000).catch(() => undefined);
      await eventually(async () => (await client.missing()).length === 0 || undefined).catch(() => undefined);
      const { accepted, sent, unknown, failed, received } = figures;
      const heard = [...said.values()].flat().length;
      console.log(
        `fault: ${kills} kills, seed ${seed} | accepted ${accepted}, sent ${sent}, in doubt ${unknown}, failed ${failed}, ` +
          `received ${received} | said to us ${heard} | the window came back ${client.returns} times` +
          figures.reasons.map((why) => `\n  ${why}`).join(''),
      );
      expect(figures).toMatchObject({ lost: [], doubled: [], disordered: [], open: [] });
      expect(sent + unknown + failed).toBe(accepted);
      expect({ lost: await lost(), doubled: doubled() }).toEqual({ lost: [], doubled: [] });
      expect({ faults: client.faults, missing: await client.missing() }).toEqual({ faults: [], missing: [] });
      expect(await brokenRows(embeddedUrl(parley.folder))).toEqual([]);
      client.leave();

      async function write(lane: Lane): Promise<void> {
        for (let place = 0; busy.on; place += 1) {
          const text = `${round} ${lane.name} number ${place}.`;
          written.push({ lane, text, place, messageId: await accept(parley, lane, text) });
          await sleep(GAP_MS[lane.name] ?? 1_000);
        }
      }
      async function talk(lane: Lane, say: (text: string) => Promise<void>): Promise<void> {
        const own: string[] = [];
        said.set(lane, own);
        for (let place = 0; busy.on; place += 1) {
          const text = `${round} from ${lane.name} number ${place}.`;
          await say(text);
          own.push(text);
          await sleep(SAY_GAP_MS);
        }
      }
      function shown(): string[] {
        const messages = [...client.copy.values()].flatMap((one) =>
          one.kind === 'message' && one.value ? one.value : [],
        );
        return messages.filter(({ direction }) => direction === 'in').map(({ text }) => text.trim());
      }
      async function lost(): Promise<string[]> {
        const all = new Set(shown());
        return [...said.values()].flat().filter((text) => !all.has(text));
      }
      function doubled(): string[] {
        const all = shown();
        return [...said.values()].flat().filter((text) => all.filter((one) => one === text).length > 1);
      }
    },
    300_000 + kills * 10_000,
  );
}
