import { connect } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { IrcPeer } from './irc-peer.js';
import type { IrcPeerOptions } from './irc-peer-server.js';

const host = '127.0.0.1';

/** The scripted IRC server behind a WebSocket: each message is a line (IRCv3 WebSockets). */
export class IrcWebPeer extends IrcPeer {
  #webPort = 0;
  #web: WebSocketServer | undefined;

  /** `named`: whether it knows the names of IRCv3's protocols, as servers older than them do not. */
  private constructor(
    private readonly named: boolean,
    options?: IrcPeerOptions,
  ) {
    super(options);
  }

  static async open(named = true, options?: IrcPeerOptions): Promise<IrcWebPeer> {
    const peer = new IrcWebPeer(named, options);
    await peer.up();
    return peer;
  }

  override get login() {
    const { flow, inputs } = super.login;
    const server = `ws://${host}:${this.#webPort}/irc?x=1`;
    return { flow, inputs: inputs.map((input) => ({ ...input, server, port: '' })) };
  }

  override async up(): Promise<void> {
    await super.up();
    if (this.#web) return;
    const handleProtocols = this.named ? undefined : () => false as const;
    const web = new WebSocketServer({ host, port: this.#webPort, ...(handleProtocols && { handleProtocols }) });
    await new Promise<void>((resolve) => web.once('listening', resolve));
    const address = web.address();
    if (typeof address === 'object' && address) this.#webPort = address.port;
    web.on('connection', (socket) => this.#pass(socket));
    this.#web = web;
  }

  override async down(): Promise<void> {
    const web = this.#web;
    this.#web = undefined;
    if (web) {
      const closed = new Promise<void>((resolve) => web.close(() => resolve()));
      for (const socket of web.clients) socket.terminate();
      await closed;
    }
    await super.down();
  }

  #pass(near: WebSocket): void {
    const far = connect(this.port, host);
    let rest = '';
    far.setEncoding('utf8');
    far.on('data', (text: string) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) near.send(line);
    });
    far.on('error', () => {});
    far.on('close', () => near.terminate());
    near.on('message', (data) => far.write(`${String(data)}\r\n`));
    near.on('error', () => {});
    near.on('close', () => far.destroy());
  }
}
