import type { Socket } from 'node:net';

/** The IRC of the load generator: what its clients need to register and to stay content, no more. */
const serverName = 'load.test';
const maxLineBytes = 16_384;
const offered = ['server-time', 'message-tags', 'echo-message', 'away-notify', 'sasl'];

/** What the table of commands may do. */
export type Words = {
  nick(client: Client, nick: string): void;
  register(client: Client): void;
  join(client: Client, names: string[]): void;
  part(client: Client, names: string[]): void;
  message(client: Client, target: string, text: string): void;
  isThere(nick: string): boolean;
};

const list = (names = ''): string[] => names.split(',').filter(Boolean);

/** What each command is answered with; others are unknown. */
export const answers: Record<string, (load: Words, client: Client, params: string[]) => void> = {
  CAP: (load, client, [verb = '', names = '']) => {
    if (verb !== 'END') return client.negotiate(verb, names);
    client.negotiating = false;
    load.register(client);
  },
  AUTHENTICATE: (_load, client, [data = '']) => {
    if (data === 'PLAIN') return client.say('AUTHENTICATE +');
    const account = Buffer.from(data, 'base64').toString('utf8').split('\0')[1] ?? '';
    client.numeric('900', `${mask(client.nick)} ${account} :You are now logged in as ${account}`);
    client.numeric('903', ':SASL authentication successful');
  },
  PASS: () => {},
  NICK: (load, client, [nick = '*']) => load.nick(client, nick),
  USER: (load, client) => {
    client.hasUser = true;
    load.register(client);
  },
  PING: (_load, client, [token = '']) => client.say(`:${serverName} PONG ${serverName} :${token}`),
  PONG: () => {},
  JOIN: (load, client, [names]) => load.join(client, list(names)),
  PART: (load, client, [names]) => load.part(client, list(names)),
  PRIVMSG: (load, client, [target = '', text = '']) => load.message(client, target, text),
  NOTICE: () => {},
  AWAY: (_load, client, [words]) => client.numeric(words ? '306' : '305', ':Noted'),
  MODE: (_load, client, [target = '']) =>
    target.startsWith('#') ? client.numeric('324', `${target} +nt`) : client.numeric('221', '+i'),
  WHO: (_load, client, [target = '*']) => client.numeric('315', `${target} :End of /WHO list.`),
  WHOIS: (_load, client, [nick = '*']) => client.numeric('318', `${nick} :End of /WHOIS list.`),
  USERHOST: (load, client, nicks) => {
    const here = nicks.filter((nick) => load.isThere(nick)).map((nick) => `${nick}=+${nick}@${serverName}`);
    client.numeric('302', `:${here.join(' ')}`);
  },
  MONITOR: (load, client, [verb, names]) => {
    if (verb !== '+') return;
    const here = list(names).filter((nick) => load.isThere(nick));
    const gone = list(names).filter((nick) => !load.isThere(nick));
    if (here.length > 0) client.numeric('730', `:${here.map(mask).join(',')}`);
    if (gone.length > 0) client.numeric('731', `:${gone.join(',')}`);
  },
  QUIT: (_load, client) => void client.socket.end('ERROR :Closing link\r\n'),
};

/** One client's connection. */
export class Client {
  readonly socket: Socket;
  readonly caps = new Set<string>();
  nick = '*';
  hasUser = false;
  negotiating = false;
  registered = false;
  #rest = '';

  constructor(socket: Socket, onLine: (line: string) => void) {
    this.socket = socket;
    socket.setNoDelay();
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (text: string) => {
      const lines = (this.#rest + text).split(/\r?\n/);
      this.#rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') onLine(line);
      if (this.#rest.length > maxLineBytes) socket.destroy();
    });
  }

  say(line: string): void {
    if (this.socket.writable) this.socket.write(`${line}\r\n`);
  }

  numeric(code: string, rest: string): void {
    this.say(`:${serverName} ${code} ${this.nick} ${rest}`);
  }

  /** Resolves when the socket takes more, or is gone. */
  write(text: string): Promise<void> {
    return new Promise((resolve) => {
      if (!this.socket.writable || this.socket.write(text)) return resolve();
      const done = () => {
        this.socket.off('drain', done);
        this.socket.off('close', done);
        resolve();
      };
      this.socket.once('drain', done);
      this.socket.once('close', done);
    });
  }

  tags(id: string): string {
    const tags = [
      ...(this.caps.has('server-time') ? [`time=${new Date().toISOString()}`] : []),
      ...(this.caps.has('message-tags') ? [`msgid=${id}`] : []),
    ];
    return tags.length > 0 ? `@${tags.join(';')} ` : '';
  }

  negotiate(verb: string, names: string): void {
    if (!this.registered) this.negotiating = true;
    const reply = (text: string) => this.say(`:${serverName} CAP ${this.nick} ${text}`);
    if (verb === 'LS') reply(`LS :${offered.join(' ').replace('sasl', 'sasl=PLAIN')}`);
    if (verb === 'LIST') reply(`LIST :${[...this.caps].join(' ')}`);
    if (verb !== 'REQ') return;
    const wanted = names.split(' ').filter(Boolean);
    const known = wanted.every((name) => offered.includes(name.replace(/^-/, '')));
    if (known) {
      for (const name of wanted) {
        if (name.startsWith('-')) this.caps.delete(name.slice(1));
        else this.caps.add(name);
      }
    }
    reply(`${known ? 'ACK' : 'NAK'} :${names}`);
  }
}

export function welcome(client: Client): void {
  client.numeric('001', `:Welcome to the load generator ${mask(client.nick)}`);
  client.numeric('004', `${serverName} load-1 i nt`);
  client.numeric('005', 'CASEMAPPING=ascii CHANTYPES=# NICKLEN=64 MONITOR=500 :are supported by this server');
  client.numeric('422', ':No message of the day');
}

export const fold = (name: string): string => name.toLowerCase();
export const mask = (nick: string): string => `${nick}!${nick}@${serverName}`;

export function parse(line: string): { command: string; params: string[] } {
  const [, command = '', rest = ''] = /^(?:@\S+ +)?(?::\S+ +)?(\S+)(.*)$/.exec(line) ?? [];
  const end = rest.indexOf(' :');
  const words = (end < 0 ? rest : rest.slice(0, end)).split(' ').filter(Boolean);
  return { command: command.toUpperCase(), params: end < 0 ? words : [...words, rest.slice(end + 2)] };
}
