import { startIrcLoad } from '../bench/load-irc.ts';
import { bodyOf, MailPeer } from '../support/mail-peer.ts';
import { escaped, XmppServer } from '../support/xmpp-server.ts';
import type { Network } from './options.ts';
import type { PlannedAccount, PlannedChat } from './plan.ts';

/** How an account signs in: the flow, and what its form asks for. */
export type Login = { flow: string; input: Record<string, string | number> };

/** The scripted server of a network, for all accounts on it. */
export interface Double {
  /** Makes room for an account; answers how it signs in. */
  open(account: PlannedAccount): Promise<Login>;
  /** The address of somebody whom this chat is with. */
  partner(chat: Pick<PlannedChat, 'partner'>): string;
  /** They write to the account of the chat. Answers whether it is there to get it. */
  say(chat: PlannedChat, text: string): boolean;
  stop(): Promise<void>;
}

type Hear = (text: string) => void;

export const doubles: Record<Network, (chats: number, hear: Hear) => Promise<Double>> = {
  irc: async (chats, hear) => {
    const server = await startIrcLoad({ senders: chats, onMessage: ({ text }) => hear(text) });
    const nick = (account: number) => `user${account}`;
    return {
      open: async ({ index }) => ({
        flow: 'server',
        input: { server: server.host, port: server.port, tls: 'off', nick: nick(index), pace: 50 },
      }),
      partner: ({ partner }) => `load${partner}`,
      say: ({ account, partner }, text) => server.say(`load${partner}`, nick(account), text),
      stop: () => server.stop(),
    };
  },
  xmpp: async (_chats, hear) => {
    const servers = new Map<number, XmppServer>();
    const partner = (at: number) => `friend${at}@load.test`;
    return {
      open: async ({ index }) => {
        const server = await XmppServer.start(`user${index}@load.test`, 'secret', {});
        servers.set(index, server);
        server.onMessage = (message) => hear(message.getChildText('body') ?? '');
        const { jid, password, port } = server;
        return { flow: 'password', input: { jid, password, host: '127.0.0.1', port, tls: 'off' } };
      },
      partner: (chat) => partner(chat.partner),
      say: (chat, text) => {
        const server = servers.get(chat.account);
        const from = `${partner(chat.partner)}/desk`;
        server?.deliver(`<body>${escaped(text)}</body>`, { from, type: 'chat', id: crypto.randomUUID() });
        return server !== undefined;
      },
      stop: async () => void (await Promise.all([...servers.values()].map((server) => server.stop()))),
    };
  },
  email: async (_chats, hear) => {
    const servers = new Map<number, MailPeer>();
    const partner = (at: number) => `friend${at}@parley.test`;
    return {
      open: async ({ index }) => {
        const server = await MailPeer.start();
        servers.set(index, server);
        server.onSubmitted = ({ raw }) => hear(bodyOf(raw));
        const { flow, inputs } = server.login;
        return { flow, input: { ...inputs[0], backfill: '0' } };
      },
      partner: (chat) => partner(chat.partner),
      say: (chat, text) => {
        servers.get(chat.account)?.append(mail(partner(chat.partner), text));
        return servers.has(chat.account);
      },
      stop: async () => void (await Promise.all([...servers.values()].map((server) => server.stop()))),
    };
  },
};

const mail = (from: string, text: string): string =>
  `From: Friend <${from}>\nTo: me@parley.test\nSubject: Hello\nMessage-ID: <${crypto.randomUUID()}@parley.test>\n` +
  `Date: ${new Date().toUTCString()}\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`;
