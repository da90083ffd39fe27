import { readFileSync } from 'node:fs';
import type { Peer } from '../../src/sdk/testing/peer.js';
import type { XmppLab } from '../lab/types.js';
import { Forwarder } from './forwarder.js';
import { type Stanza, XmppPerson } from './xmpp-person.js';

let accounts = 0;
const password = 'secret, and "quoted" ünd so';

/** The partner of a lab server, for all its peers: starting one takes longer than a test. */
const partners = new Map<XmppLab, Promise<XmppPerson>>();

export function partnerOn(lab: XmppLab): Promise<XmppPerson> {
  const alice = lab.users.find(({ name }) => name === 'alice');
  if (!alice) throw new Error('alice has no account');
  const partner = partners.get(lab) ?? XmppPerson.signIn(alice, lab);
  partners.set(lab, partner);
  return partner;
}

export async function partnersLeave(): Promise<void> {
  for (const partner of partners.values()) await (await partner).leave();
  partners.clear();
}

/** A real XMPP server, a fresh account of ours on it, and a slixmpp client on the other side. */
export class XmppLabPeer implements Peer {
  readonly badInputs = [
    { input: { jid: 'no address', password: 'x' }, field: 'jid' },
    { input: { jid: 'a@b.test', password: '' }, field: 'password' },
    { input: { jid: 'a@b.test', password: 'x', port: '99999' }, field: 'port' },
    { input: { jid: 'a@b.test', password: 'x', tls: 'maybe' }, field: 'tls' },
  ];

  private constructor(
    private readonly lab: XmppLab,
    readonly own: string,
    readonly person: XmppPerson,
    private readonly forwarder: Forwarder,
    private readonly tls: 'on' | 'starttls' | 'off',
  ) {}

  static async start(lab: XmppLab, tls: 'on' | 'starttls' | 'off' = 'starttls'): Promise<XmppLabPeer> {
    const name = `p${process.pid}n${++accounts}`;
    await lab.setPassword(name, password);
    const forwarder = await Forwarder.start(tls === 'on' ? lab.tlsPort : lab.port);
    return new XmppLabPeer(lab, `${name}@${lab.domain}`, await partnerOn(lab), forwarder, tls);
  }

  get login() {
    return {
      flow: 'password',
      inputs: [
        {
          ...{ jid: this.own, password, host: '127.0.0.1', port: String(this.forwarder.port), tls: this.tls },
          certificate: readFileSync(this.lab.caFile, 'utf8'),
        },
      ],
    };
  }

  get partner(): string {
    return this.person.jid;
  }

  async say(text: string): Promise<void> {
    await this.person.do('send', { to: this.own, body: text });
  }

  async heard(text: string, timeoutMs = 10_000): Promise<void> {
    await this.person.until(() => this.#received().find((one) => one.body?.includes(text)), `"${text}"`, timeoutMs);
  }

  count(text: string): number {
    return this.#received().filter((one) => one.body?.includes(text)).length;
  }

  texts(): string[] {
    return this.#received().flatMap((one) => one.body ?? []);
  }

  async cut(): Promise<void> {
    this.forwarder.cut();
  }

  down(): Promise<void> {
    return this.forwarder.down();
  }

  up(): Promise<void> {
    return this.forwarder.up();
  }

  async stop(): Promise<void> {
    await this.forwarder.down();
  }

  #received(): Stanza[] {
    return this.person.stanzas.filter((one) => one.event === 'message' && one.sender.startsWith(`${this.own}/`));
  }
}
