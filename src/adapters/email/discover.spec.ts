import { createSocket, type RemoteInfo } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AdapterError, type LoginContext } from '../../sdk/index.js';
import { loginContext } from '../../sdk/testing/login-context.js';
import { readAutoconfig } from './autoconfig.js';
import { MailLogin } from './login.js';

type Record =
  | { type: 'SRV'; priority: number; weight: number; port: number; target: string }
  | { type: 'MX'; target: string };

/** A DNS server with a few names on a loopback socket; `silent` ones get no answer at all. */
class NameServer {
  readonly asked: string[] = [];
  silent = false;
  readonly #socket = createSocket('udp4');

  constructor(private readonly records: { [name: string]: Record[] }) {
    this.#socket.on('message', (query, from) => this.#answer(query, from));
  }

  async start(): Promise<Resolver> {
    await new Promise<void>((resolve) => this.#socket.bind(0, '127.0.0.1', resolve));
    const resolver = new Resolver({ timeout: 1000, tries: 1 });
    resolver.setServers([`127.0.0.1:${this.#socket.address().port}`]);
    return resolver;
  }

  stop(): void {
    this.#socket.close();
  }

  #answer(query: Buffer, from: RemoteInfo): void {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.subarray(at + 1, at + 1 + length).toString());
      at += length + 1;
    }
    const name = labels.join('.').toLowerCase();
    this.asked.push(name);
    if (this.silent) return;
    const type = query.readUInt16BE(at + 1) === 33 ? 'SRV' : 'MX';
    const found = (this.records[name] ?? []).filter((one) => one.type === type);
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(found.length > 0 ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(found.length, 6);
    head.writeUInt32BE(0, 8);
    this.#socket.send(Buffer.concat([head, query.subarray(12, at + 5), ...found.map(wire)]), from.port, from.address);
  }
}

function wire(record: Record): Buffer {
  const target = Buffer.concat([
    ...record.target
      .split('.')
      .filter(Boolean)
      .map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])),
    Buffer.from([0]),
  ]);
  const numbers = record.type === 'SRV' ? [record.priority, record.weight, record.port] : [10];
  const data = Buffer.concat([Buffer.from(numbers.flatMap((one) => [one >> 8, one & 255])), target]);
  const head = Buffer.from([
    0xc0,
    12,
    0,
    record.type === 'SRV' ? 33 : 15,
    0,
    1,
    0,
    0,
    0,
    60,
    data.length >> 8,
    data.length & 255,
  ]);
  return Buffer.concat([head, data]);
}

const srv = (port: number, target: string, priority = 0): Record => ({
  type: 'SRV',
  priority,
  weight: 1,
  port,
  target,
});

let servers: { stop(): void }[] = [];
afterEach(() => {
  for (const server of servers) server.stop();
  servers = [];
});

const nowhere: LoginContext['fetch'] = () => Promise.reject(new AdapterError('temporary', 'not reachable'));

async function signIn(
  records: { [name: string]: Record[] },
  input: object,
  more: Partial<LoginContext> = {},
  silent = false,
) {
  const names = new NameServer(records);
  names.silent = silent;
  const dns = await names.start();
  servers.push(names);
  const login = new MailLogin(loginContext({ fetch: nowhere, ...more }), () => dns);
  await login.start();
  return { names, step: login.next({ address: 'me@firm.example.org', password: 'secret', ...input }) };
}

const sessionOf = async (work: ReturnType<typeof signIn>) => {
  const step = await (await work).step;
  if (step.type !== 'done') throw new Error('the sign-in did not end');
  return step.session;
};

const xml = (socketType = 'SSL') => `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="x">
  <!-- <incomingServer type="imap"><hostname>commented.out</hostname></incomingServer> -->
  <incomingServer type="pop3"><hostname>pop.x.test</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
  <incomingServer type="imap"><hostname>Imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>${socketType}</socketType>
    <username>%EMAILLOCALPART%</username></incomingServer>
  <outgoingServer type="smtp"><hostname>out.x.test</hostname><port>587</port><socketType>STARTTLS</socketType></outgoingServer>
</emailProvider></clientConfig>`;

describe('servers found by the address', () => {
  it('takes what the domain publishes in DNS, the best first', async () => {
    const session = await sessionOf(
      signIn(
        {
          '_imaps._tcp.firm.example.org': [srv(993, 'second.x.test', 20), srv(1993, 'first.x.test', 10)],
          '_submission._tcp.firm.example.org': [srv(587, 'send.x.test')],
          '_submissions._tcp.firm.example.org': [{ ...srv(0, '.') }],
        },
        {},
      ),
    );
    expect(session).toMatchObject({
      imap: { host: 'first.x.test', port: 1993, tls: 'on' },
      smtp: { host: 'send.x.test', port: 587, tls: 'starttls' },
      username: 'me@firm.example.org',
    });
  });

  it('reads the provider’s own file, and only over https', async () => {
    const asked: string[] = [];
    const fetch: LoginContext['fetch'] = async (url) => {
      asked.push(url);
      return url.startsWith('https://autoconfig.') ? new Response(xml()) : new Response('', { status: 404 });
    };
    expect(await sessionOf(signIn({}, {}, { fetch }))).toMatchObject({
      imap: { host: 'imap.firm.example.org', port: 993, tls: 'on' },
      smtp: { host: 'out.x.test', port: 587, tls: 'starttls' },
      username: 'me',
    });
    expect(asked.every((url) => new URL(url).protocol === 'https:')).toBe(true);
    expect(asked.every((url) => new URL(url).host.endsWith('firm.example.org'))).toBe(true);
  });

  it('knows a big provider by its mail exchanger', async () => {
    const mx: Record[] = [{ type: 'MX', target: 'aspmx.l.google.com' }];
    expect(await sessionOf(signIn({ 'firm.example.org': mx }, {}))).toMatchObject({ imap: { host: 'imap.gmail.com' } });
    const other: Record[] = [{ type: 'MX', target: 'notgoogle.com' }];
    await expect((await signIn({ 'firm.example.org': other }, {})).step).rejects.toThrow('were not found');
  });

  it('leaves what was typed alone, and asks nobody where all of it was', async () => {
    const typed = { imapHost: 'in.x.test', smtpHost: 'out.x.test' };
    const { names, step } = await signIn({}, typed);
    expect((await step).type).toBe('done');
    expect(names.asked).toEqual([]);
    const found = {
      '_imaps._tcp.firm.example.org': [srv(993, 'a.x.test')],
      '_submissions._tcp.firm.example.org': [srv(465, 'b.x.test')],
    };
    expect(
      await sessionOf(signIn(found, { imapHost: 'mine.x.test', imapPort: 1143, imapTls: 'starttls' })),
    ).toMatchObject({
      imap: { host: 'mine.x.test', port: 1143, tls: 'starttls' },
      smtp: { host: 'b.x.test', port: 465, tls: 'on' },
    });
  });

  it('asks for the servers where none are found, and goes on with typed ones', async () => {
    const names = new NameServer({});
    const dns = await names.start();
    servers.push(names);
    const login = new MailLogin(loginContext({ fetch: nowhere }), () => dns);
    const input = { address: 'me@firm.example.org', password: 'secret' };
    await expect(login.next(input)).rejects.toMatchObject({
      kind: 'rejected',
      fields: { imapHost: expect.any(String), smtpHost: expect.any(String) },
    });
    await expect(login.next({ ...input, smtpHost: 'x.test' })).rejects.toMatchObject({
      fields: { imapHost: expect.any(String) },
    });
    expect((await login.next({ ...input, imapHost: 'x.test', smtpHost: 'x.test' })).type).toBe('done');
  });

  it('does not wait for a network that says nothing', async () => {
    const silent = createServer();
    const sockets = new Set<Socket>();
    silent.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    servers.push({
      stop: () => {
        for (const socket of sockets) socket.destroy();
        silent.close();
      },
    });
    const { port } = silent.address() as AddressInfo;
    let fire = () => {};
    const clock = {
      now: () => 0,
      after: (_ms: number, fn: () => void) => {
        fire = fn;
        return () => {};
      },
    };
    const real = loginContext().fetch;
    const fetch: LoginContext['fetch'] = (_url, init) => real(`http://127.0.0.1:${port}/`, init);
    const { step } = await signIn({}, {}, { fetch, clock }, true);
    setTimeout(() => fire(), 50);
    await expect(step).rejects.toThrow('were not found');
  });
});

describe('a file from the network', () => {
  it('is read for servers with encryption alone, whatever else is in it', () => {
    expect(readAutoconfig(xml('STARTTLS'), 'me@x.test')?.imap.tls).toBe('starttls');
    expect(readAutoconfig(xml('plain'), 'me@x.test')).toBeUndefined();
    for (const hostile of [
      '',
      '<incomingServer type="imap">',
      xml().replace('993', '0'),
      xml().replace('Imap.%EMAILDOMAIN%', 'a b'),
      xml().replace('out.x.test', '<b>x</b>'),
      '<incomingServer '.repeat(50_000),
      '<!--'.repeat(50_000),
      xml().replace('587', '587\u0000'),
    ]) {
      const started = performance.now();
      expect(readAutoconfig(hostile, 'me@x.test')).toBeUndefined();
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});
