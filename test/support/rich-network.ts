import type { Adapter, Connection, Features, Host, Member, OutgoingMessage, Sent } from '../../src/sdk/index.js';
import { AdapterError, capabilitiesOf } from '../../src/sdk/index.js';

type Told = { account: string; what: string };

/** A network that can do everything, and writes down what it was asked to do. */
export class RichNetwork {
  readonly all: Told[] = [];
  /** What it cannot do after all. */
  readonly lacks = new Set<string>();
  members: Member[] = [];
  color = 'red';
  send: (message: OutgoingMessage) => Promise<Sent> = async () => ({ proof: 'sent' });
  /** Throws where the network does not want to; nothing is written down then. */
  answer: (what: string) => Promise<void> = async () => {};

  /** What one account's network was told since it was last asked. */
  told(account: { id: string }): string[] {
    const own = this.all.filter((one) => one.account === account.id);
    for (const one of own) this.all.splice(this.all.indexOf(one), 1);
    return own.map(({ what }) => what);
  }

  async do(account: string, what: string): Promise<void> {
    await this.answer(what);
    this.all.push({ account, what });
  }
}

function features(network: RichNetwork, account: string, chat: string): Features {
  const verb = <F extends keyof Features>(name: F, feature: Features[F]) =>
    network.lacks.has(name) ? {} : { [name]: feature };
  return {
    send: {
      maxLength: 10_000,
      formatting: 'full',
      attachments: 'full',
      replies: 'full',
      idempotent: true,
      proves: 'read',
      ...(network.lacks.has('buttons') ? {} : { buttons: 'full' }),
      ...(network.lacks.has('threads') ? {} : { threads: 'full' }),
      message: (message) => network.send(message),
    },
    presence: true,
    ...verb('edits', {
      message: (target, { text, html }) => network.do(account, `edit ${target}: ${html ?? text}`),
    }),
    ...verb('typing', { set: (on) => network.do(account, `typing in ${chat}: ${on}`) }),
    ...verb('readReceipts', { upTo: (target) => network.do(account, `read ${chat} up to ${target}`) }),
    ...verb('members', {
      list: async () => {
        await network.do(account, `list ${chat}`);
        return network.members;
      },
    }),
    ...verb('invites', { invite: (address) => network.do(account, `invite ${address} to ${chat}`) }),
    ...verb('topic', { set: (topic) => network.do(account, `topic of ${chat}: ${topic}`) }),
  };
}

export function richAdapter(
  network: RichNetwork,
  isOffline: (accountId: string) => boolean,
  opened: (accountId: string, host: Host) => void,
): Adapter {
  return {
    manifest: {
      id: 'rich',
      name: 'Rich',
      channel: 'im',
      sdk: 1,
      loginFlows: [{ id: 'plain', label: 'Plain' }],
      capabilities: capabilitiesOf(features(network, '', '')),
      addressHint: 'a name, or #room',
    },
    // At another site, which sends the browser back with a code.
    login: (_flow, { callbackUrl, callbackState }) => ({
      start: async () => ({ type: 'redirect', url: `https://sso.test/?back=${callbackUrl}&state=${callbackState}` }),
      next: async ({ code }) => {
        if (code !== 'right') throw new AdapterError('auth', 'the code is not valid');
        return { type: 'done', session: {}, remoteId: `sso ${callbackState}`, remoteName: 'by another site' };
      },
      cancel: async () => {},
    }),
    open: ({ id }, host): Connection => {
      opened(id, host);
      const tell = (what: string) => network.do(id, what);
      const part = <V>(name: string, verbs: V): V | undefined => (network.lacks.has(name) ? undefined : verbs);
      return {
        start: () =>
          host.state(
            isOffline(id)
              ? { is: 'waiting', retryAt: host.clock.now() + 1000, why: 'the server is away' }
              : { is: 'online' },
          ),
        stop: async () => {},
        chat: (chat) => features(network, id, chat),
        resolve: async (address) => {
          if (address.startsWith('#')) return { chat: { id: address, kind: 'channel', name: address } };
          return { chat: { id: `with:${address}`, kind: 'direct' }, buddy: { id: address, address } };
        },
        leave: (chat) => tell(`leave ${chat}`),
        signOut: () => tell('sign out'),
        presence: ({ state, note }, to) =>
          tell(`be ${state}${note ? ` (${note})` : ''}${to ? ` to ${to.join()}` : ''}`),
        get invitations() {
          return part('invitations', {
            accept: (chat: string) => tell(`accept ${chat}`),
            decline: (chat: string) => tell(`decline ${chat}`),
          });
        },
        get blocking() {
          return part('blocking', { set: (buddy: string, on: boolean) => tell(`block ${buddy}: ${on}`) });
        },
        get roster() {
          return part('roster', {
            add: (address: string, entry: object) => tell(`add ${address} ${JSON.stringify(entry)}`),
            change: (buddy: string, entry: object) => tell(`change ${buddy} ${JSON.stringify(entry)}`),
            remove: (buddy: string) => tell(`remove ${buddy}`),
          });
        },
        get settings() {
          return part('settings', {
            fields: () => [
              { name: 'secret', label: 'Secret', kind: 'password' as const, required: false, value: 'hidden' },

              { name: 'color', label: 'Color', kind: 'text' as const, required: true, value: network.color },
            ],
            change: async ({ color }: Record<string, unknown>) => {
              await network.answer('settings');
              if (typeof color !== 'string' || color === '')
                throw new AdapterError('rejected', 'a color is needed', { fields: { color: 'is missing' } });
              network.color = color;
            },
          });
        },
      };
    },
  };
}
