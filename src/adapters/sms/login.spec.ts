import { afterAll, describe, expect, it } from 'vitest';
import { GatewayPeer } from '../../../test/support/sms-gateway-peer.js';
import { SmscPeer } from '../../../test/support/sms-peer.js';
import { loginContext } from '../../sdk/testing/login-context.js';
import adapter from './index.js';

const begin = (flow: string) => adapter.login(flow, loginContext());
const peers = [await SmscPeer.start(), await GatewayPeer.start()];
afterAll(() => Promise.all(peers.map((peer) => peer.stop())));

describe.each(peers.map((peer) => ({ flow: peer.login.flow, peer })))('sign-in by $flow', ({ flow, peer }) => {
  const good = peer.login.inputs[0] ?? {};

  it('asks for what the form says, and names each mistake', async () => {
    const login = begin(flow);
    const step = await login.start();
    const names = step.type === 'form' ? step.fields.map((field) => field.name) : [];
    expect(names).toEqual(expect.arrayContaining(Object.keys(good)));
    for (const { input, field } of peer.badInputs) {
      const error = await login.next(input).catch((caught: unknown) => caught);
      expect(error, field).toMatchObject({ kind: 'rejected', fields: { [field]: expect.any(String) } });
    }
    await expect(login.next({})).rejects.toMatchObject({ kind: 'rejected' });
    expect(await login.next(good)).toMatchObject({ type: 'done' });
    await expect(login.next(good)).rejects.toMatchObject({ kind: 'rejected' });
  });

  it('names the same account the same way, and not another', async () => {
    const remoteId = async (input: Record<string, unknown>) => {
      const step = await begin(flow).next(input);
      return step.type === 'done' ? step.remoteId : undefined;
    };
    expect(await remoteId(good)).toBe(await remoteId({ ...good, from: ' +44 7700 900100 ' }));
    expect(await remoteId(good)).not.toBe(await remoteId({ ...good, from: 'Parley' }));
  });
});

it('takes numbers and booleans, and is over when cancelled', async () => {
  const input = {
    host: 'SMSC.Example.org',
    port: 2776,
    systemId: 'me',
    password: 'x',
    from: '07700900100',
    region: 'gb',
    tls: true,
  };
  expect(await begin('smpp').next(input)).toMatchObject({
    remoteId: 'smpp:me@smsc.example.org:2776/+447700900100',
    session: { port: 2776, tls: 'on', region: 'GB', from: '+447700900100', flow: 'smpp' },
  });
  const login = begin('smpp');
  await login.cancel();
  await expect(login.next(input)).rejects.toMatchObject({ kind: 'rejected' });
  expect(() => begin('carrier-pigeon')).toThrow();
});

it('makes a webhook secret where none is given', async () => {
  const tokens = await Promise.all(
    [1, 2].map(async () => {
      const step = await begin('http').next({ url: 'https://gateway.test/send', from: 'Parley' });
      return step.type === 'done' ? String(step.session.webhookToken) : '';
    }),
  );
  expect(tokens[0]).toMatch(/^[\w-]{32}$/);
  expect(tokens[0]).not.toBe(tokens[1]);
});
