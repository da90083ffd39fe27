import { handlers } from './irc-peer-commands.js';
import { PeerHistory } from './irc-peer-history.js';
import { type IrcPeerOptions, IrcPeerServer } from './irc-peer-server.js';

/** The scripted IRC server, with all its commands and the messages it keeps. */
export class IrcPeer extends IrcPeerServer {
  readonly handlers = handlers;
  readonly history = new PeerHistory();

  static async start(options?: IrcPeerOptions): Promise<IrcPeer> {
    const peer = new IrcPeer(options);
    await peer.up();
    return peer;
  }
}
