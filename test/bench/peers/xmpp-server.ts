import { startProsody } from '../../lab/prosody.ts';
import type { Site } from '../../lab/site.ts';
import type { XmppLab } from '../../lab/types.ts';
import { freePort, isFree } from '../../support/ports.ts';
import { Child } from '../children.ts';
import type { IrcLoad, LoadRun } from '../load-irc.ts';
import type { Component } from './biboumi.ts';
import type { XmppUser } from './xmpp-client.ts';

/** BitlBee connects to no other ports. */
const xmppPorts = [5222, 5223, 5220, 5221, 5224, 5225, 5226, 5227, 5228, 5229];

/**
 * Prosody, as the tests start it, with a place for biboumi, and PLAIN taken without TLS; nothing limits its clients. Without its archive: in files it
 * takes the longer the more there is, and would be what is measured.
 */
export class XmppServer {
  private constructor(
    private readonly lab: XmppLab,
    readonly component: Component,
  ) {}

  static async start(site: Site): Promise<XmppServer> {
    const component = { domain: 'irc.lab.test', secret: crypto.randomUUID(), port: await freePort() };
    const lab = await startProsody(site, {
      port: await freeXmppPort(),
      settings: [
        'allow_unencrypted_plain_auth = true',
        'default_archive_policy = false',
        'component_interfaces = { "127.0.0.1" }',
        `component_ports = { ${component.port} }`,
      ].join('\n'),
      hosts: `Component "${component.domain}"\n  component_secret = "${component.secret}"\n`,
    });
    return new XmppServer(lab, component);
  }

  user(name: string): XmppUser {
    const user = this.lab.users.find((one) => one.name === name);
    if (!user) throw new Error(`${name} has no account`);
    const { host, port, domain } = this.lab;
    return { host, port, domain, name, password: user.password };
  }

  stop(): Promise<void> {
    return this.lab.down();
  }
}

async function freeXmppPort(): Promise<number> {
  for (const port of xmppPorts) if (await isFree(port)) return port;
  throw new Error(`none of the ports that BitlBee connects to is free: ${xmppPorts.join(', ')}`);
}

/** Somebody on the server who writes, in a process of their own: a generator like the one for IRC. */
export class XmppWriter implements Pick<IrcLoad, 'rate' | 'burst'> {
  readonly #child = new Child('xmpp-write-child.ts');

  static async signIn(user: XmppUser): Promise<XmppWriter> {
    const writer = new XmppWriter();
    await writer.#child.ask('signIn', user);
    return writer;
  }

  async rate(perSecond: number, seconds: number, target: { to?: string } = {}): Promise<LoadRun> {
    return (await this.#child.ask('rate', perSecond, seconds, target)) as LoadRun;
  }

  async burst(count: number, target: { to?: string } = {}): Promise<LoadRun> {
    return (await this.#child.ask('burst', count, target)) as LoadRun;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
