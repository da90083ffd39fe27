import { expect, test } from 'vitest';
import { loginContext } from '../login-context.js';
import type { ConformanceSubject } from '../peer.js';
import { accountOf, faultless, mark, pause, Rig, refusal, signIn, withOnline, withPeer, withRig } from './rig.js';

export function lifecycleTests(subject: ConformanceSubject): void {
  test('does nothing before it is started', () =>
    withRig(subject, async (rig) => {
      await pause(100);
      rig.connection.chat('any chat');
      idle(rig);
      expect(rig.host.states).toEqual([]);
      expect(rig.host.events).toEqual([]);
    }));

  test('starts at once and says what it does', () =>
    withRig(subject, async (rig) => {
      rig.start();
      expect(rig.host.events).toEqual([]);
      await rig.host.untilState('online', 30_000);
      const passed = rig.host.states.map((state) => state.is);
      expect(passed.at(0)).toBe('connecting');
      expect(passed.filter((is) => !['connecting', 'backfilling', 'online'].includes(is))).toEqual([]);
    }));

  test('is gone when stop resolves, also when asked twice, and says nothing more', () =>
    withOnline(subject, async (rig) => {
      await rig.works();
      await Promise.all([rig.stop(), rig.stop()]);
      await gone(rig);
      await refusal(rig.send(`too late ${mark()}`, { chat: (await rig.partner()).chat.id }), 'temporary');
      void rig.peer.say(`too late ${mark()}`).catch(() => {});
      await pause(300);
      await gone(rig);
    }));

  test('can be stopped at any time', () =>
    withPeer(subject, async (peer) => {
      const account = accountOf(await signIn(subject.adapter, peer));
      const moments: [string, (rig: Rig) => Promise<unknown>][] = [
        ['before it was started', async () => {}],
        ['in the moment it was started', async (rig) => rig.start()],
        [
          'while connecting',
          async (rig) => {
            rig.start();
            await pause(5);
          },
        ],
        [
          'when the account was aborted',
          async (rig) => {
            await rig.online();
            rig.host.abort();
          },
        ],
        [
          'while waiting',
          async (rig) => {
            await peer.down();
            rig.start();
            await rig.host.untilState('waiting', 30_000);
          },
        ],
      ];
      for (const [when, reach] of moments) {
        const rig = new Rig(subject, peer, account);
        await reach(rig);
        await rig.stop();
        await gone(rig).catch((cause: unknown) => {
          throw new Error(`stopped ${when}`, { cause });
        });
      }
      await peer.up();
    }));

  test('goes on after a restart with what was stored, without doubles', () =>
    withPeer(subject, async (peer) => {
      const done = await signIn(subject.adapter, peer);
      const first = new Rig(subject, peer, accountOf(done));
      const [before, away, after] = [mark(), mark(), mark()];
      await first.online();
      await peer.say(`before ${before}`);
      const seen = await first.arrived(before);
      await first.works();
      await first.stop();
      faultless(first);
      if (!subject.losesWhileAway) await peer.say(`while away ${away}`);

      const session = first.host.sessions.at(-1) ?? done.session;
      const account = { ...accountOf({ ...done, session }) };
      const cursor = JSON.parse(JSON.stringify(first.host.cursor ?? null));
      const second = new Rig(subject, peer, account, cursor === null ? {} : { cursor });
      try {
        await second.online();
        expect((await second.partner()).chat.id).toBe((await first.partner()).chat.id);
        if (!subject.losesWhileAway) await second.arrived(away, 60_000);
        await peer.say(`after ${after}`);
        expect((await second.arrived(after)).chat.kind).toBe(seen.chat.kind);
        await second.works();
        for (const again of second.messages(before)) expect([again.chat.id, again.id]).toEqual([seen.chat.id, seen.id]);
        expect(second.messages(away).length).toBe(subject.losesWhileAway ? 0 : 1);
        expect(second.messages(after)).toHaveLength(1);
      } finally {
        await second.stop();
      }
      faultless(second);
    }));

  test('keeps passwords out of reasons and logs', () =>
    withPeer(subject, async (peer) => {
      const login = subject.adapter.login(peer.login.flow, loginContext());
      const step = await login.start();
      await login.cancel();
      const fields = step.type === 'form' ? step.fields : [];
      const secrets = fields
        .filter((field) => field.kind === 'password')
        .map((field) => String(peer.login.inputs[0]?.[field.name] ?? ''))
        .filter((secret) => secret !== '');
      const rig = new Rig(subject, peer, accountOf(await signIn(subject.adapter, peer)));
      await rig.online();
      await rig.works();
      await peer.down();
      await rig.passing(60_000, () => rig.host.current?.is === 'waiting', 'state waiting');
      await rig.stop();
      await peer.up();
      for (const secret of secrets) expect(rig.host.words.filter((word) => word.includes(secret))).toEqual([]);
      faultless(rig);
    }));

  test('does not crash on a session that it cannot read', () =>
    withPeer(subject, async (peer) => {
      const account = accountOf(await signIn(subject.adapter, peer));
      for (const session of [
        {},
        { v: null },
        Object.fromEntries(Object.keys(account.session).map((key) => [key, {}])),
      ]) {
        let rig: Rig;
        try {
          rig = new Rig(subject, peer, { ...account, session });
        } catch (error) {
          await refusal(Promise.reject(error), 'auth', 'rejected');
          continue;
        }
        rig.start();
        await pause(100);
        await rig.stop();
        faultless(rig);
      }
    }));
}

function idle(rig: Rig): void {
  expect(rig.watch.sockets).toEqual([]);
  expect(rig.host.clock.pending).toBe(0);
  expect(rig.host.fetches).toBe(0);
}

/** Nothing is left of it, and nothing comes later. */
async function gone(rig: Rig): Promise<void> {
  expect(rig.watch.open).toBe(0);
  expect(rig.host.clock.pending).toBe(0);
  expect(rig.host.current).toEqual({ is: 'stopped' });
  rig.host.close();
  rig.host.clock.skip(3_600_000);
  await pause(50);
  expect(rig.host.faults).toEqual([]);
}
