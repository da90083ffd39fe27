import type { ClientOptions, IrcMessage } from 'irc-framework';
import { oneLine } from './reasons.js';
import type { Sasl } from './sasl.js';
import type { Settings } from './settings.js';
import type { Lines } from './socket.js';

/** What the sign-in may do to its link. */
export type SignIn = {
  say(text: string): void;
  onError(words: string): void;
  negotiate(text: string): void;
  sasl(): Sasl;
  /** The server does not know CAP. */
  noCaps(): void;
  refuse(why: string): void;
  saslBroken(words: string): void;
  clock(tags: Record<string, string>): void;
  version(version: string): void;
  banned(words: string): void;
  nickTaken(words: string): void;
  nickBad(words: string): void;
  welcome(nick: string): void;
  support(params: string[]): void;
  ready(): void;
};

const words = (message: IrcMessage): string => message.params.at(-1) ?? '';

/** Settled here in every phase; answers whether nobody else needs to see it. */
export const always: Partial<Record<string, (link: SignIn, message: IrcMessage) => boolean>> = {
  PING: (link, message) => {
    link.say(pong(words(message)));
    return true;
  },
  ERROR: (link, message) => {
    link.onError(words(message));
    return true;
  },
  // A greeting of any length, lists nobody asked for: never kept.
  ...Object.fromEntries(['322', '367', '372', '375'].map((command) => [command, () => true])),
};

type Step = (link: SignIn, message: IrcMessage, text: string) => void;
const taken: Step = (link, message) => link.nickTaken(words(message));
const refused: Step = (link, message) => link.sasl().onRefused(words(message));
const accepted: Step = (link, _message, text) => {
  if (link.sasl().onTaken()) link.negotiate(text);
};

export const signIn: Partial<Record<string, Step>> = {
  '001': (link, message) => {
    link.clock(message.tags);
    link.welcome(message.params[0] ?? '');
  },
  AUTHENTICATE: (link, message) => link.sasl().onData(message.params[0] ?? ''),
  '900': accepted,
  '903': accepted,
  '907': (link) => link.sasl().onTaken(),
  '902': refused,
  '904': refused,
  '908': (link, message) => link.sasl().onMechanisms(message.params[1] ?? ''),
  '464': (link, message) => link.refuse(`the server refused the password: ${oneLine(words(message), 200)}`),
  '905': (link, message) => link.saslBroken(words(message)),
  '906': (link, message) => link.saslBroken(words(message)),
  '410': (link) => link.noCaps(),
  '421': (link) => link.noCaps(),
  '451': (link) => link.noCaps(),
  '432': (link, message) => link.nickBad(words(message)),
  '433': taken,
  '436': taken,
  '437': taken,
  '465': (link, message) => link.banned(words(message)),
  '466': (link, message) => link.banned(words(message)),
};

/** The list of mechanisms where a line offers SASL, which may be empty. */
export function saslOffer({ params }: IrcMessage): string | undefined {
  if (params[1] !== 'LS') return undefined;
  const offer = (params.at(-1) ?? '').split(' ').find((one) => one === 'sasl' || one.startsWith('sasl='));
  return offer?.slice('sasl='.length);
}

export const starting: Partial<Record<string, (link: SignIn, message: IrcMessage) => void>> = {
  '004': (link, message) => link.version(message.params[2] ?? ''),
  '005': (link, message) => link.support(message.params),
  '376': (link) => link.ready(),
  '422': (link) => link.ready(),
  PONG: (link, message) => {
    if (words(message) === 'ready') link.ready();
  },
};

function pong(token: string): string {
  return `PONG :${token.replace(/[\r\n\0]/g, '').slice(0, 400)}`;
}

/** `nick_`, `nick__`, then, for servers that cut long nicks off, a short one with a number. */
export function alternative(nick: string, attempt: number): string {
  if (attempt <= 2) return `${nick}${'_'.repeat(attempt)}`;
  return `${nick.slice(0, 5)}${Math.floor(1000 + Math.random() * 9000)}`;
}

export function clientOptions(settings: Settings, socket: Lines): ClientOptions {
  const { server, port, nick, realname } = settings;
  // Once the server has taken the password by SASL it is given no other way.
  const password = settings.serverPassword ?? (settings.sasl ? undefined : settings.password);
  return {
    host: server,
    port,
    nick,
    username: nick.replace(/[^a-zA-Z0-9]/g, '').slice(0, 9) || 'parley',
    gecos: realname || nick,
    ...(password !== undefined && { password }),
    account: {},
    version: '',
    auto_reconnect: false,
    ping_interval: 0,
    ping_timeout: 0,
    enable_echomessage: true,
    enable_chghost: true,
    enable_setname: true,
    transport: function transport() {
      return socket;
    },
  };
}
