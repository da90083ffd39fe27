import { readdir, readFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Peer } from '../../src/sdk/testing/peer.js';
import type { Lab } from '../lab/types.js';
import { bodyOf } from './mail-peer.js';

/**
 * The lab's Postfix and Dovecot as the conformance suite sees them. Our account reaches them through two forwarders of
 * its own, so that its connections can be cut and refused without stopping the servers; Alice submits and is read from
 * her Maildir.
 */
export class MailLabPeer implements Peer {
  readonly #me: Lab['mail']['users'][number];
  readonly #alice: Lab['mail']['users'][number];

  private constructor(
    private readonly lab: Lab['mail'],
    private readonly imap: Forwarder,
    private readonly smtp: Forwarder,
    private readonly certificate: string,
  ) {
    this.#me = this.#user('parley');
    this.#alice = this.#user('alice');
  }

  static async start(lab: Lab['mail']): Promise<MailLabPeer> {
    const imap = new Forwarder(lab.host, lab.imapsPort);
    const smtp = new Forwarder(lab.host, lab.submissionPort);
    await Promise.all([imap.up(), smtp.up()]);
    return new MailLabPeer(lab, imap, smtp, await readFile(lab.caFile, 'utf8'));
  }

  get partner(): string {
    return this.#alice.address;
  }

  #user(name: string) {
    const user = this.lab.users.find((one) => one.address.startsWith(`${name}@`));
    if (!user) throw new Error(`the lab has no ${name}`);
    return user;
  }

  get login(): { flow: string; inputs: Record<string, unknown>[] } {
    const { address, username, password } = this.#me;
    const servers = { imapHost: '127.0.0.1', imapTls: 'on', smtpHost: '127.0.0.1', smtpTls: 'starttls' };
    const ports = { imapPort: String(this.imap.port), smtpPort: String(this.smtp.port) };
    const { certificate } = this;
    return {
      flow: 'password',
      inputs: [{ address, username, password, ...servers, ...ports, certificate, backfill: 0 }],
    };
  }

  get badInputs(): { input: Record<string, unknown>; field: string }[] {
    const good = this.login.inputs[0]!;
    return [
      { input: { ...good, address: 'not an address' }, field: 'address' },
      { input: { ...good, imapPort: 0 }, field: 'imapPort' },
      { input: { ...good, certificate: 'rubbish' }, field: 'certificate' },
    ];
  }

  async say(text: string): Promise<void> {
    const { address, username, password } = this.#alice;
    const alice = createTransport({
      host: this.lab.host,
      port: this.lab.submissionPort,
      requireTLS: true,
      auth: { user: username, pass: password },
      tls: { rejectUnauthorized: false },
    });
    await alice.sendMail({ from: address, to: this.#me.address, subject: 'From the lab', text });
    alice.close();
  }

  async count(text: string): Promise<number> {
    const folder = this.lab.maildir(this.partner);
    let found = 0;
    for (const part of ['new', 'cur']) {
      for (const file of await readdir(join(folder, part)).catch(() => [])) {
        const raw = await readFile(join(folder, part, file), 'latin1').catch(() => '');
        if (bodyOf(raw.replace(/\r?\n/g, '\r\n')).includes(text)) found += 1;
      }
    }
    return found;
  }

  async heard(text: string, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while ((await this.count(text)) === 0) {
      if (Date.now() > deadline) throw new Error(`${this.partner} got no mail with "${text}" within ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async cut(): Promise<void> {
    this.imap.cut();
    this.smtp.cut();
  }

  async down(): Promise<void> {
    await Promise.all([this.imap.down(), this.smtp.down()]);
  }

  async up(): Promise<void> {
    await Promise.all([this.imap.up(), this.smtp.up()]);
  }

  async stop(): Promise<void> {
    await this.down();
  }
}

/** Passes bytes on, byte for byte, between a port of its own and a server. */
class Forwarder {
  port = 0;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(
    private readonly host: string,
    private readonly target: number,
  ) {}

  async up(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(this.target, this.host);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address) this.port = address.port;
    this.#server = server;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
