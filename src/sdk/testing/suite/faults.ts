import { expect, test } from 'vitest';
import { AdapterError } from '../../index.js';
import type { ConformanceSubject } from '../peer.js';
import { mark, pause, type Rig, refusal, withOnline, withRig } from './rig.js';

export function faultTests(subject: ConformanceSubject): void {
  test('keeps an event while storage is away, or lets the network repeat it', () =>
    withOnline(subject, async (rig) => {
      const marked = mark();
      const states = rig.host.states.length;
      rig.host.deliverError = new AdapterError('temporary', 'storage is away');
      const said = rig.peer.say(`stored late ${marked}`).then(
        () => true,
        () => false,
      );
      await rig.passing(0, () => rig.host.refusals > 0, 'the event to be given to storage');
      rig.host.deliverError = undefined;
      const dropped = () => rig.host.states.slice(states).some((state) => state.is !== 'online');
      if (await settledOrArrived(rig, said, marked)) {
        const kept = () => rig.messages(marked).length > 0 || (subject.losesWhileAway && dropped());
        await rig.trying(5_000, kept, 'the event that could not be stored');
      }
      await rig.backOnline();
      await rig.works();
      expect(rig.messages(marked).length).toBeLessThanOrEqual(1);
    }));

  test('comes back by itself after a cut and works again', () =>
    withOnline(subject, async (rig) => {
      for (let round = 0; round < 3; round++) {
        await rig.peer.cut();
        await pause(300);
        await rig.backOnline();
        await afterTrouble(rig);
      }
    }));

  test('says why it waits while the server is away, sends nothing, and comes back', () =>
    withOnline(subject, async (rig) => {
      await rig.partner();
      await rig.peer.down();
      const marked = mark();
      await pause(300);
      await refusal(rig.send(`never sent ${marked}`), 'temporary');
      await rig.passing(60_000, () => rig.host.current?.is === 'waiting', 'state waiting');
      await refusal(rig.send(`never sent ${marked}`), 'temporary');
      await rig.peer.up();
      await rig.backOnline();
      await afterTrouble(rig);
      expect(await rig.peer.count(marked)).toBe(0);
    }));

  test('waits for a server that is not there at the first start, without hammering', () =>
    withRig(subject, async (rig) => {
      await rig.peer.down();
      rig.start();
      await rig.host.untilState('waiting', 30_000);
      const attempts = () => rig.host.states.filter((state) => state.is === 'connecting').length;
      const [before, opened] = [attempts(), rig.watch.sockets.length + rig.host.fetches];
      for (let second = 0; second < 120; second++) {
        rig.host.clock.skip(1000);
        await pause(10);
      }
      expect(attempts() - before).toBeLessThanOrEqual(30);
      expect(rig.watch.sockets.length + rig.host.fetches - opened).toBeLessThanOrEqual(60);
      await rig.peer.up();
      await rig.backOnline();
      await rig.works();
    }));

  test('asks before it connects and goes nowhere that is forbidden', () =>
    withRig(
      subject,
      async (rig) => {
        rig.start();
        await rig.passing(1000, () => ['failed', 'online'].includes(rig.host.current?.is ?? ''), 'state failed');
        expect(rig.watch.sockets).toEqual([]);
        if (rig.host.current?.is === 'online') expect(rig.host.fetches).toBe(0);
      },
      { forbid: new AdapterError('rejected', 'this server is forbidden') },
    ));

  misbehaving(subject);
}

/** What only a scripted server can be told to do. */
function misbehaving(subject: ConformanceSubject): void {
  if (subject.real) return;

  test('stops trying when the sign-in is refused', () =>
    withOnline(subject, async (rig) => {
      if (!rig.peer.refuseAuth) throw new Error('a scripted peer can refuse a sign-in');
      await rig.partner();
      await rig.peer.refuseAuth();
      await rig.peer.cut();
      await rig.trying(60_000, () => rig.host.current?.is === 'needs-login', 'state needs-login');
      await pause(200);
      const [states, opened] = [rig.host.states.length, rig.watch.sockets.length + rig.host.fetches];
      for (let step = 0; step < 24; step++) {
        rig.host.clock.skip(600_000);
        await pause(10);
      }
      expect(rig.host.states).toHaveLength(states);
      expect(rig.watch.sockets.length + rig.host.fetches).toBe(opened);
      expect(rig.watch.open).toBe(0);
      await refusal(rig.send(`not allowed ${mark()}`), 'auth', 'temporary');
    }));

  test('withstands a server that talks nonsense', () =>
    withOnline(subject, async (rig) => {
      if (!rig.peer.garbage) throw new Error('a scripted peer can talk nonsense');
      await rig.peer.garbage();
      await rig.peer.cut();
      await unreachable(rig);
    }));

  test('gives up on a server that does not answer', () =>
    withOnline(subject, async (rig) => {
      if (!rig.peer.hang) throw new Error('a scripted peer can hang');
      await rig.peer.hang();
      await rig.peer.cut();
      await unreachable(rig);
    }));

  test('leaves a server that does not answer', () =>
    withRig(subject, async (rig) => {
      await rig.peer.hang?.();
      rig.start();
      await pause(300);
      await rig.stop();
      expect(rig.watch.open).toBe(0);
      expect(rig.host.clock.pending).toBe(0);
    }));
}

/** Three attempts in a row end in a reason; nothing crashes and a send is refused at once. */
async function unreachable(rig: Rig): Promise<void> {
  const trouble = () => rig.host.states.filter((state) => state.is === 'waiting' || state.is === 'failed');
  for (let round = 1; round <= 3; round++) {
    const states = trouble().length;
    const more = () => trouble().length > states;
    await rig.passing(10_000, more, 'state waiting with a reason');
    const { current } = rig.host;
    if (current?.is === 'failed') break;
    expect(current?.is).not.toBe('needs-login');
  }
  const stuck = rig.host.current?.is;
  if (stuck === 'waiting' || stuck === 'failed') await refusal(rig.send(`nobody there ${mark()}`), 'temporary');
}

/** Whether the network has taken the message; a peer may say so only after it arrived, or never. */
function settledOrArrived(rig: Rig, said: Promise<boolean>, marked: string): Promise<boolean> {
  return Promise.race([
    said,
    rig.host
      .until(() => rig.messages(marked)[0], 'the event', 60_000)
      .then(
        () => true,
        () => true,
      ),
  ]);
}

/** As `works`, with patience for an adapter that learns of a cut only by using the connection. */
async function afterTrouble(rig: Rig): Promise<void> {
  for (let tries = 1; ; tries++) {
    const marked = mark();
    try {
      await rig.send(`trying ${marked}`);
      break;
    } catch (error) {
      const passing = error instanceof AdapterError && ['temporary', 'unknown-outcome'].includes(error.kind);
      if (!passing || tries === 5) throw error;
      await rig.backOnline();
    }
  }
  await rig.works();
}
