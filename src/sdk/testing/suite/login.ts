import { expect, test } from 'vitest';
import { AdapterError, type LoginProcess, type LoginStep, limits } from '../../index.js';
import { loginContext } from '../login-context.js';
import type { ConformanceSubject, Peer } from '../peer.js';
import { checkFields } from './manifest.js';
import { accountOf, refusal, signIn, withPeer } from './rig.js';
import { isJson } from './sanity.js';

export function loginTests(subject: ConformanceSubject): void {
  const { adapter } = subject;
  const begin = (peer: Peer) => adapter.login(peer.login.flow, loginContext());

  test('draws the first step of every flow', async () => {
    for (const flow of adapter.manifest.loginFlows) {
      const login = adapter.login(flow.id, loginContext());
      const step = await login.start();
      expect(isJson(step)).toBe(true);
      if (step.type === 'form') checkFields(step.fields);
      await login.cancel();
    }
  });

  test('refuses a flow that it does not have', async () => {
    await refusal((async () => adapter.login('no such flow', loginContext()).start())(), 'rejected');
  });

  test('answers a sign-in with a session of plain JSON, the same account each time', () =>
    withPeer(subject, async (peer) => {
      const done = await signIn(adapter, peer);
      expect(isJson(done.session)).toBe(true);
      expect(done.remoteName.trim()).not.toBe('');
      expect(done.remoteId.length).toBeGreaterThan(0);
      expect(done.remoteId.length).toBeLessThanOrEqual(limits.idLength);
      expect((await signIn(adapter, peer)).remoteId).toBe(done.remoteId);
      expect(accountOf(done).session).toEqual(done.session);
    }));

  test('needs no server that can be reached', () =>
    withPeer(subject, async (peer) => {
      await peer.down();
      await signIn(adapter, peer);
      await peer.up();
    }));

  test('names the field of each bad input and goes on with a good one', () =>
    withPeer(subject, async (peer) => {
      const login = begin(peer);
      await login.start();
      for (const { input, field } of peer.badInputs) {
        const error = await refusal(login.next(input), 'rejected');
        expect(Object.keys(error.fields ?? {}), JSON.stringify(input)).toContain(field);
      }
      expect((await finish(login, peer)).type).toBe('done');
    }));

  test('asks for each required field', () =>
    withPeer(subject, async (peer) => {
      const login = begin(peer);
      const step = await login.start();
      if (step.type !== 'form') throw new Error('the plain flow starts with a form');
      for (const field of step.fields.filter((one) => one.required && one.default === undefined)) {
        for (const empty of [undefined, '']) {
          const error = await refusal(login.next({ ...peer.login.inputs[0], [field.name]: empty }), 'rejected');
          expect(Object.keys(error.fields ?? {})).toContain(field.name);
        }
      }
      expect((await finish(login, peer)).type).toBe('done');
    }));

  test('withstands input of every shape in every field', () =>
    withPeer(subject, async (peer) => {
      const probe = begin(peer);
      const step = await probe.start();
      await probe.cancel();
      if (step.type !== 'form') throw new Error('the plain flow starts with a form');
      for (const field of step.fields) {
        for (const value of shapes()) {
          const login = begin(peer);
          await login.start();
          const outcome = await login.next({ ...peer.login.inputs[0], [field.name]: value }).catch(asIs);
          const sound = outcome instanceof AdapterError ? outcome.kind === 'rejected' : isJson(outcome);
          expect(sound, `${field.name}: ${String(outcome)}`).toBe(true);
          await login.cancel();
        }
      }
    }));

  test('takes no line breaks or controls in a field', () =>
    withPeer(subject, async (peer) => {
      const login = begin(peer);
      const step = await login.start();
      if (step.type !== 'form') throw new Error('the plain flow starts with a form');
      const required = step.fields.filter((field) => field.required && field.kind !== 'list');
      for (const field of required) {
        for (const bad of ['\r\nSMUGGLED', '\nSMUGGLED', '\0SMUGGLED']) {
          const typed = `${peer.login.inputs[0]?.[field.name] ?? 'x'}${bad}`;
          await refusal(login.next({ ...peer.login.inputs[0], [field.name]: typed }), 'rejected');
        }
      }
    }));

  test('can be cancelled, also twice, and takes no answer after its end', () =>
    withPeer(subject, async (peer) => {
      const cancelled = begin(peer);
      await cancelled.start();
      await cancelled.cancel();
      await cancelled.cancel();
      await refusal(cancelled.next(peer.login.inputs[0] ?? {}), 'rejected');
      const done = begin(peer);
      await done.start();
      await finish(done, peer);
      await refusal(done.next(peer.login.inputs[0] ?? {}), 'rejected');
      await done.cancel();
    }));
}

async function finish(login: LoginProcess, peer: Peer): Promise<LoginStep> {
  let step: LoginStep | undefined;
  for (const input of peer.login.inputs) step = await login.next(input);
  if (!step) throw new Error('the peer has no input');
  return step;
}

const asIs = (error: unknown) => error;
const shapes = () => [
  null,
  true,
  -1,
  Number.NaN,
  {},
  [],
  [null],
  ['a', 'b'],
  { toString: 1 },
  'x'.repeat(1_000_000),
  '\ud800',
];
