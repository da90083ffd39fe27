import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { startDatabase } from '../support/database.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { brokenRows, embeddedUrl } from './invariants.js';
import { type Lanes, laneServers, openLanes } from './lanes.js';
import { accept, compare, type Written } from './round.js';
import { isFull } from './world.js';

/**
 * A backup made while messages go out and come in, and restored whole somewhere else after more of both: every position
 * in a network is an older one. The people at real servers count what goes out, and what they wrote is to be shown once.
 */
const lab = await labOrSkip(laneServers, ['people']);
const run = promisify(execFile);
const BEFORE = 4;
const DURING = 3;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Place = { env: Record<string, string>; url(parley: Parley): string };

async function embedded(): Promise<Place> {
  return { env: {}, url: ({ folder }) => embeddedUrl(folder) };
}

async function external(): Promise<Place> {
  const database = await startDatabase();
  ends.push(() => database.stop());
  return { env: { DATABASE_URL: database.url }, url: () => database.url };
}

const key = { PARLEY_SECRET_KEY: Buffer.alloc(32, 5).toString('base64') };

async function program(parley: Parley, place: Place, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, PARLEY_DATA: path.join(parley.folder, 'data'), ...key, ...place.env };
  return (await run(process.execPath, [path.resolve('dist/backup.js'), ...args], { env, timeout: 120_000 })).stdout;
}

/** Every text of everybody else, as often as it is shown. */
async function shown(parley: Parley): Promise<string[]> {
  const { items } = await parley.ok('GET', '/conversations?limit=50');
  const pages = items.map(({ id }: { id: string }) => parley.ok('GET', `/conversations/${id}/messages?limit=200`));
  type Shown = { text: string; direction: string };
  const all = (await Promise.all(pages)).flatMap((page): Shown[] => page.items);
  return all.filter(({ direction }) => direction === 'in').map(({ text }) => text.trim());
}

if (lab) {
  for (const [where, make, always] of [
    ['the embedded database', embedded, false],
    ['a PostgreSQL of its own', external, true],
  ] as const)
    test.runIf(always || isFull)(
      `restored whole, with ${where}: what came since comes again, once, and nothing goes out twice`,
      async () => {
        const [from, to] = [await make(), await make()];
        const first = await Parley.start({ ...key, ...from.env });
        ends.push(() => first.remove());
        await first.setUp();
        const lanes = await openLanes(first, lab);
        ends.push(() => lanes.leave());
        const name = randomUUID().slice(0, 8);
        const said: string[] = [];
        const say = async (when: string) => {
          for (const lane of lanes.all) {
            if (lane.say === undefined) continue;
            const text = `${name} from ${lane.name}, ${when}.`;
            await lane.say(text);
            said.push(text);
          }
        };
        const write = async (parley: Parley, count: number, when: string, to = lanes.all) => {
          const written: Written[] = [];
          for (let place = 0; place < count; place += 1)
            for (const lane of to) {
              const text = `${name} ${lane.name} ${when} ${place}.`;
              written.push({ lane, text, place, messageId: await accept(parley, lane, text) });
            }
          return written;
        };
        const allShown = (parley: Parley) =>
          eventually(async () => {
            const there = await shown(parley);
            const missing = said.filter((text) => !there.includes(text));
            if (missing.length > 0) throw new Error(`not shown: ${missing.join(' ')}`);
            return true;
          }, 60_000);

        await say('before the backup');
        const before = await write(first, BEFORE, 'before');
        expect(await compare(first, lanes.all, before)).toMatchObject({ lost: [], doubled: [], open: [] });
        await allShown(first);
        const file = path.join(first.folder, 'parley.backup');
        const { centre } = lab.smsc.smpp;
        const waits = lanes.all.filter(({ name }) => name === 'sms-smpp');
        const go = lanes.all.filter((lane) => !waits.includes(lane));
        await centre.down();
        const waiting = await write(first, DURING, 'waiting', waits);
        const during = write(first, DURING, 'during', go);
        await program(first, from, 'backup', file);
        await centre.up();
        const later = [...waiting, ...(await during), ...(await write(first, 1, 'after'))];
        await say('after the backup');
        await allShown(first);
        const figures = await compare(first, lanes.all, later);
        expect(figures).toMatchObject({ sent: later.length, lost: [], doubled: [], open: [] });
        await first.kill();
        await say('while nobody is there');

        const second = await Parley.fresh({ ...key, ...to.env });
        ends.push(() => second.remove());
        expect(await program(second, to, 'restore', file)).toMatch(/Restored \d+ rows/);
        second.token = first.token;
        await second.up();
        for (const { accountId } of lanes.all) await second.online(accountId);
        await allShown(second);
        const again = await write(second, 1, 'restored');
        expect(await compare(second, lanes.all, again)).toMatchObject({ sent: again.length, lost: [], open: [] });
        await expectOnce(second, lanes, [...before, ...later, ...again]);
        const there = await shown(second);
        expect(said.filter((text) => there.filter((one) => one === text).length !== 1)).toEqual([]);
        // What an archive proves to have gone out was tried by the Parley that is no more.
        const broken = await brokenRows(to.url(second));
        expect(broken.filter((line) => !line.startsWith('a proof without a try'))).toEqual([]);
        const { items } = await second.ok('GET', '/admin/dead-letters');
        expect(items.length).toBeGreaterThanOrEqual(waiting.length);
        console.log(
          `fault: restored with ${where} | went out ${before.length + later.length + again.length}, once each | ` +
            `said to us ${said.length}, shown once each | in doubt ${items.length}`,
        );
      },
      240_000,
    );
}

/** At the other end each came once; of what the backup knew as waiting the ledger says that it is in doubt. */
async function expectOnce(parley: Parley, lanes: Lanes, written: readonly Written[]): Promise<void> {
  const came = new Map<string, string[]>();
  for (const lane of lanes.all) came.set(lane.name, await lane.received());
  const times = ({ lane, text }: Written) => came.get(lane.name)?.filter((one) => one === text).length;
  expect(written.filter((one) => times(one) !== 1).map(({ text }) => text)).toEqual([]);
  for (const { messageId, text } of written) {
    const answer = await parley.call('GET', `/messages/${messageId}/deliveries`);
    // Accepted after the backup was made: this Parley never heard of it.
    if (answer.status === 404) continue;
    const { items } = Object(answer.json);
    expect(['sent', 'delivered', 'read', 'unknown'], text).toContain(items[0]?.status);
  }
}
