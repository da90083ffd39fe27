import type { Peer } from '../../src/sdk/testing/peer.js';
import { escaped, type Script, XmppServer } from './xmpp-server.js';

const jid = 'me@scripted.test';
const password = 'päss, word="x"';

/** The scripted XMPP server with a partner on the other side. */
export class XmppPeer implements Peer {
  readonly partner = 'anna@scripted.test';
  readonly badInputs = [
    { input: { jid: 'nobody', password }, field: 'jid' },
    { input: { jid, password: '' }, field: 'password' },
    { input: { jid, password, host: 'two words' }, field: 'host' },
    { input: { jid, password, certificate: 'none' }, field: 'certificate' },
  ];

  private constructor(readonly server: XmppServer) {}

  static async start(script: Script = {}): Promise<XmppPeer> {
    return new XmppPeer(await XmppServer.start(jid, password, script));
  }

  get login() {
    const input = { jid, password, host: '127.0.0.1', port: String(this.server.port), tls: 'off' };
    return { flow: 'password', inputs: [input] };
  }

  async say(text: string): Promise<void> {
    const attrs = { from: `${this.partner}/desk`, type: 'chat', id: crypto.randomUUID() };
    this.server.deliver(`<body>${escaped(text)}</body>`, attrs);
  }

  async heard(text: string, timeoutMs = 10_000): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (this.count(text) === 0) {
      if (performance.now() > end) throw new Error(`"${text}" was not heard within ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  count(text: string): number {
    return this.texts().filter((one) => one.includes(text)).length;
  }

  texts(): string[] {
    return this.server.messages.flatMap((message) => message.getChildText('body') ?? []);
  }

  commands(): string[] {
    return this.server.commands;
  }

  async cut(): Promise<void> {
    this.server.cut();
  }

  down(): Promise<void> {
    return this.server.down();
  }

  up(): Promise<void> {
    return this.server.up();
  }

  async refuseAuth(): Promise<void> {
    this.server.mode = 'refuse';
  }

  async garbage(): Promise<void> {
    this.server.mode = 'garbage';
  }

  async hang(): Promise<void> {
    this.server.mode = 'hang';
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
