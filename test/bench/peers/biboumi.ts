import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, daemon } from '../../lab/daemon.ts';
import { program } from '../../lab/program.ts';
import type { Site } from '../../lab/site.ts';
import { host } from '../../lab/wait.ts';
import type { TextSocket } from './text-socket.ts';
import { openXmppClient, type XmppUser } from './xmpp-client.ts';

export type Component = { domain: string; secret: string; port: number };

/** As its own example has it; what is said is kept in SQLite, as it does unless it is told not to. */
export const biboumiConfig = ({ domain, secret, port }: Component, room: string): string =>
  [
    `hostname=${domain}`,
    `password=${secret}`,
    `xmpp_server_ip=${host}`,
    `port=${port}`,
    `db_name=${join(room, 'biboumi.sqlite')}`,
    'identd_port=0',
    'log_level=2',
    '',
  ].join('\n');

export class Biboumi {
  private constructor(
    private readonly daemon: Daemon,
    private readonly component: Component,
  ) {}

  static async start(site: Site, component: Component): Promise<Biboumi> {
    const room = await site.room('biboumi', '_biboumi');
    const config = join(room, 'biboumi.cfg');
    writeFileSync(config, biboumiConfig(component, room));
    const server = daemon(site, {
      name: 'biboumi',
      program: program('biboumi'),
      args: [config],
      user: '_biboumi',
      room,
      // It listens nowhere: whether it is there is seen by who asks it through the XMPP server.
      ready: async () => {},
    });
    await server.up();
    return new Biboumi(server, component);
  }

  /** An XMPP client in a channel of an IRC server, whose port it tells biboumi first. */
  async client(
    user: XmppUser,
    irc: { host: string; port: number },
    nick: string,
    channel: string,
  ): Promise<TextSocket> {
    const socket = await openXmppClient(user);
    const { domain } = this.component;
    const [to, node] = [`${irc.host}@${domain}`, 'configure'];
    const command = (attributes: string, inner: string) =>
      `<iq type='set' id='ask' to='${to}'><command xmlns='http://jabber.org/protocol/commands' node='${node}' ${attributes}>${inner}</command></iq>`;
    const form = await this.#there(socket, command("action='execute'", ''));
    const session = /sessionid=['"]([^'"]*)/.exec(form)?.[1] ?? '';
    const fields = { ports: String(irc.port), tls_ports: '', throttle_limit: '-1' };
    const values = Object.entries(fields).map(
      ([name, value]) => `<field var='${name}'><value>${value}</value></field>`,
    );
    await socket.ask(
      command(
        `sessionid='${session}' action='complete'`,
        `<x xmlns='jabber:x:data' type='submit'>${values.join('')}</x>`,
      ),
      /status=['"]completed/,
    );
    const room = `${channel}%${irc.host}@${domain}`;
    await socket.ask(
      `<presence to='${room}/${nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`,
      /code=['"]110/,
    );
    return socket;
  }

  stop(): Promise<void> {
    return this.daemon.down();
  }

  /** Its form; before it has joined the XMPP server that answers in its stead that nobody is there. */
  async #there(socket: TextSocket, question: string): Promise<string> {
    for (let tries = 1; ; tries += 1) {
      const answer = await socket.ask(question, /<iq[^>]*id=['"]ask['"].*<\/iq>/);
      if (/sessionid=/.test(answer)) return answer;
      if (tries === 50) throw new Error(`biboumi has no form: ${answer}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
