import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { eventually, Parley } from '../support/parley.js';
import { SmscPeer } from '../support/sms-peer.js';
import { person, Stage, said } from '../support/stage.js';
import { Client } from './client.js';
import { brokenRows, embeddedUrl } from './invariants.js';
import { isFull } from './world.js';

/**
 * What the machine does to a whole Parley: no room, no memory, no files, a clock that jumps, a process that stands still,
 * browsers that do not read or all come at once. An SMS centre counts what went out; a window that is open all along
 * and the rows tell whether anything is missing.
 */
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Rig = Awaited<ReturnType<typeof rig>>;

async function rig(options: { env?: Record<string, string>; stage?: boolean; folder?: string; node?: string } = {}) {
  const smsc = await SmscPeer.start();
  ends.push(() => smsc.stop());
  const stage = options.stage ? await Stage.make() : undefined;
  const node = [stage?.env.NODE_OPTIONS, options.node].filter((one) => one !== undefined).join(' ');
  const parley = await Parley.start({ ...stage?.env, ...options.env, NODE_OPTIONS: node }, options.folder);
  ends.push(() => parley.remove());
  await parley.setUp();
  const client = new Client(parley);
  ends.push(() => client.leave());
  const { id: account } = await parley.signIn('sms', 'smpp', smsc.login.inputs[0] ?? {});
  await parley.online(account);
  const { conversation } = await parley.ok('POST', '/chats', { accountId: account, address: smsc.partner });
  const write = (text: string) =>
    parley.call('POST', `/conversations/${conversation.id}/messages`, { text, via: account });
  const messages: { id: string; text: string }[] = [];
  const send = async (text: string) => {
    const answer = await write(text);
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
    messages.push({ id: (answer.json as { message: { id: string } }).message.id, text });
  };
  return { smsc, stage, parley, client, account, write, send, messages };
}

/** Every accepted message has gone once, or is in doubt; the window has all there is; no row is broken. */
async function whole({ parley, client, smsc, messages }: Rig, { doubts = 0 } = {}): Promise<void> {
  let unknown = 0;
  for (const { id, text } of messages) {
    const { status } = await eventually(async () => {
      const [one] = (await parley.ok('GET', `/messages/${id}/deliveries`)).items;
      return ['queued', 'sending'].includes(one.status) ? undefined : one;
    }, 120_000);
    if (status === 'unknown') unknown += 1;
    else expect([text, status, smsc.count(text)]).toEqual([text, expect.stringMatching(/^(sent|delivered)$/), 1]);
  }
  expect(unknown).toBeLessThanOrEqual(doubts);
  await eventually(async () => (await client.missing()).length === 0 || undefined).catch(() => undefined);
  expect({ faults: client.faults, missing: await client.missing() }).toEqual({ faults: [], missing: [] });
  expect(await brokenRows(embeddedUrl(parley.folder))).toEqual([]);
}

const MIB = 1024 * 1024;

test.skipIf(process.getuid?.() !== 0)(
  'a full disk: new work is refused before it is accepted, what was accepted goes out, and all goes on',
  async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600m,mode=755', 'none', folder]);
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    ends.push(() => execFileSync('umount', ['-l', folder]));
    const home = path.join(folder, 'home');
    mkdirSync(home);
    const one = await rig({ folder: home, stage: true, env: { PARLEY_DISK_RESERVE: '100' } });
    const { parley, smsc, send, write, stage } = one;
    await parley.signIn('stage', 'name', { name: 'robin' });
    const ballast = path.join(folder, 'ballast');
    const leave = (mib: number) => {
      rmSync(ballast, { force: true });
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - mib * MIB), 1));
    };
    await send('before the disk is full.');
    await eventually(() => smsc.count('before the disk') === 1 || undefined);
    await whole(one);
    await smsc.down();
    for (let place = 0; place < 10; place += 1) await send(`accepted while there was room ${place}.`);
    leave(80);
    // The server looks at its disk once a second: what it accepts before it has looked goes out, too.
    let inTime = 0;
    const refused = await eventually(async () => {
      const answer = await write(`perhaps too late ${inTime}.`);
      if (answer.status === 503) return answer;
      inTime += 1;
      return undefined;
    });
    expect(refused.json).toMatchObject({ code: 'no-room' });
    expect(await (await fetch(`${parley.url}/api/v1/ready`)).json()).toMatchObject({
      status: 'degraded',
      checks: { disk: { ok: false } },
    });
    await smsc.up();
    await eventually(() => smsc.count('accepted while there was room') === 10 || undefined, 60_000);
    await stage?.deliver('robin', said('still comes in', 'ada', { from: person('ada') }));
    // Really full: nothing is taken from the networks, and nobody loses anything.
    leave(0);
    await eventually(async () => {
      const came = await stage?.deliver('robin', said('has to wait', 'ada', { from: person('ada') })).then(
        () => true,
        () => false,
      );
      return came === false || undefined;
    });
    expect((await fetch(`${parley.url}/api/v1/health`)).status).toBe(200);
    rmSync(ballast);
    await eventually(async () => {
      await send('after there was room again.');
      return true;
    }, 60_000);
    await eventually(async () => {
      await stage?.deliver('robin', said('comes in again', 'ada', { from: person('ada') }));
      return true;
    }, 60_000);
    await whole(one);
    expect(smsc.count('perhaps too late')).toBe(inTime);
    expect(smsc.count(`perhaps too late ${inTime}.`)).toBe(0);
  },
  240_000,
);

test('a clock that jumps by an hour, forth and back, and to another age: all goes out once, in order, and nothing waits for it', async () => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'parley-clock-')), 'offset');
  ends.push(() => rmSync(path.dirname(file), { recursive: true, force: true }));
  writeFileSync(file, '0');
  const one = await rig({
    env: { PARLEY_TEST_CLOCK: file },
    node: `--import=${pathToFileURL(path.resolve('test/faults/clock.mjs'))}`,
  });
  const hour = 3_600_000;
  const texts: string[] = [];
  for (const [turn, offset] of [0, hour, -hour, 0, -26 * hour, 3 * hour, 0].entries()) {
    writeFileSync(file, String(offset));
    await sleep(100);
    for (let place = 0; place < 3; place += 1) {
      const text = `turn ${turn} number ${place}.`;
      texts.push(text);
      await one.send(text);
    }
    await eventually(() => one.smsc.count(texts.at(-1) ?? '') === 1 || undefined, 60_000);
  }
  expect(one.smsc.texts().filter((text) => /^turn/.test(text))).toEqual(texts);
  await one.smsc.say('after all the jumps');
  await eventually(async () => (await one.parley.ok('GET', '/search?q=jumps')).items.length === 1 || undefined);
  await whole(one);
}, 240_000);

test.runIf(isFull)(
  'a process that stands still for 35 s in the middle of sending comes back and sends nothing twice',
  async () => {
    const one = await rig();
    for (let place = 0; place < 20; place += 1) await one.send(`before and after the stand ${place}.`);
    process.kill(one.parley.pid, 'SIGSTOP');
    await sleep(35_000);
    process.kill(one.parley.pid, 'SIGCONT');
    await one.parley.online(one.account);
    await one.send('after the stand.');
    await whole(one, { doubts: 2 });
  },
  240_000,
);

test.runIf(isFull)(
  'little memory: a flood in and out passes through it',
  async () => {
    const one = await rig({ stage: true, node: '--max-old-space-size=200' });
    await one.parley.signIn('stage', 'name', { name: 'robin' });
    for (let batch = 0; batch < 20; batch += 1) {
      const events = Array.from({ length: 200 }, (_, place) =>
        said(`flood ${batch} ${place} ${'x'.repeat(2_000)}`, 'ada', { from: person('ada') }),
      );
      await one.stage?.deliver('robin', ...events);
    }
    for (let place = 0; place < 20; place += 1) await one.send(`through little memory ${place}.`);
    await whole(one);
  },
  240_000,
);

test.runIf(isFull)(
  'few files may be open: new browsers are refused, those there are go on',
  async () => {
    const one = await rig();
    // As many as it has, and a few more.
    const open = readdirSync(`/proc/${one.parley.pid}/fd`).length;
    execFileSync('prlimit', [`--pid=${one.parley.pid}`, `--nofile=${open + 12}:`]);
    const sockets: Socket[] = [];
    ends.push(() => void sockets.map((socket) => socket.destroy()));
    for (let each = 0; each < 60; each += 1) {
      const socket = createConnection(one.parley.port, '127.0.0.1');
      socket.on('error', () => {});
      sockets.push(socket);
    }
    await sleep(500);
    expect(one.client.returns).toBe(0);
    await one.smsc.say('comes in although no file may be opened').catch(() => undefined);
    for (const socket of sockets) socket.destroy();
    execFileSync('prlimit', [`--pid=${one.parley.pid}`, '--nofile=1024:']);
    await eventually(async () => {
      await one.send('with files again.');
      return true;
    }, 30_000);
    await eventually(
      () =>
        [...one.client.copy.values()].some(
          (row) => row.kind === 'message' && row.value?.text.startsWith('comes in although'),
        ) || undefined,
    );
    await whole(one);
  },
  120_000,
);

/** A browser that is connected to the stream and never reads. */
async function deaf({ parley }: Rig): Promise<Socket> {
  const socket = createConnection({ port: parley.port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.write(
    `GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:${parley.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer ${parley.token}\r\n\r\n`,
  );
  socket.pause();
  return socket;
}

const memoryOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

test.runIf(isFull)(
  'browsers that never read cost little and hold up nobody; all others that come at once are whole again',
  async () => {
    const one = await rig({ stage: true });
    await one.parley.signIn('stage', 'name', { name: 'robin' });
    const sockets = await Promise.all(Array.from({ length: 20 }, () => deaf(one)));
    ends.push(() => void sockets.map((socket) => socket.destroy()));
    const flood = async (name: string) => {
      for (let batch = 0; batch < 10; batch += 1) {
        const events = Array.from({ length: 100 }, (_, place) =>
          said(`${name} ${batch} ${place} ${'y'.repeat(8_000)}`, 'ada', { from: person('ada') }),
        );
        await one.stage?.deliver('robin', ...events);
      }
    };
    await flood('first');
    const before = memoryOf(one.parley.pid);
    await flood('second');
    expect(memoryOf(one.parley.pid) - before).toBeLessThan(250);
    expect(one.client.returns).toBe(0);
    await whole(one);
    for (const socket of sockets) socket.destroy();
    // A restart: forty windows come back at the same moment.
    const windows = Array.from({ length: 40 }, () => new Client(one.parley));
    ends.push(() => void windows.map((window) => window.leave()));
    await eventually(() => windows.every((window) => window.rev >= one.client.rev) || undefined, 60_000);
    await one.parley.kill();
    await one.parley.up();
    await one.parley.online(one.account);
    await one.send('after the storm.');
    await whole(one);
    await eventually(() => windows.every((window) => window.rev >= one.client.rev) || undefined, 60_000);
    for (const window of windows) expect(window.faults).toEqual([]);
  },
  240_000,
);
