import { connect, type Socket } from 'node:net';
import { type IrcAccount, SaslServer, saslMechanisms } from './irc-sasl.ts';
import type { Switch } from './types.ts';
import { host } from './wait.ts';

export const servicesName = 'services.lab.test';
export const servicesPassword = 'lab-link';

const sid = '0SV';
const agent = `${sid}AAAAAA`;

/**
 * The least that InspIRCd calls services: a server linked by its spanning-tree protocol (version 1205) that answers
 * SASL for a fixed list of accounts. InspIRCd relays `ENCAP ... SASL <user> <agent> <S|C|D|H> <data>`;
 * signing in is `METADATA <user> accountname` followed by `D S`, refusing is `D F`.
 */
export function ircServices(port: number, accounts: readonly IrcAccount[]): Switch {
  let socket: Socket | undefined;
  return {
    up: async () => {
      if (!socket || socket.destroyed) socket = await link(port, accounts);
    },
    down: async () => {
      socket?.destroy();
      socket = undefined;
    },
  };
}

function link(port: number, accounts: readonly IrcAccount[]): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.unref();
    socket.setNoDelay();
    const say = (line: string) => socket.write(`${line}\r\n`);
    const timer = setTimeout(() => socket.destroy(new Error('the services link was not taken within 5 s')), 5_000);
    const over = (why: Error) => {
      clearTimeout(timer);
      reject(why);
    };
    let last = '';
    const exchanges: Exchanges = new Map();
    socket.once('error', over);
    socket.once('close', () => over(new Error(`the services link was closed: ${last}`)));
    socket.once('connect', () => {
      for (const line of ['CAPAB START 1205', 'CAPAB CAPABILITIES :PROTOCOL=1205', 'CAPAB END']) say(line);
      say(`SERVER ${servicesName} ${servicesPassword} 0 ${sid} :Parley lab services`);
    });
    const onLine = (line: string) => {
      last = line;
      const { source, command, params } = parse(line);
      if (command === 'SERVER' && !source) {
        say(`:${sid} BURST ${Math.floor(Date.now() / 1000)}`);
        say(`:${sid} METADATA * saslmechlist :${saslMechanisms.join(',')}`);
        say(`:${sid} ENDBURST`);
      } else if (command === 'ENDBURST') {
        clearTimeout(timer);
        resolve(socket);
      } else if (command === 'PING') {
        say(`:${sid} PONG ${source}`);
      } else if (command === 'ENCAP' && params[1] === 'SASL') {
        for (const answer of saslAnswers(source, params.slice(2), accounts, exchanges)) say(answer);
      }
    };
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
  });
}

/** Sign-ins under way, by the user's id. */
type Exchanges = Map<string, SaslServer>;

function saslAnswers(server: string, params: string[], accounts: readonly IrcAccount[], open: Exchanges): string[] {
  const [user = '', , step, data = '', fingerprint] = params;
  const answer = (text: string) => `:${sid} ENCAP ${server} SASL ${agent} ${user} ${text}`;
  const known = open.get(user);
  if (step === 'S') {
    const begun = new SaslServer(data, fingerprint?.toLowerCase(), accounts);
    open.set(user, begun);
    return begun.begin() === 'refused' ? [answer(`M ${saslMechanisms.join(',')}`), answer('D F')] : [answer('C +')];
  }
  if (step === 'D') open.delete(user);
  if (step !== 'C' || !known) return [];
  const next = known.next(data === '+' ? '' : Buffer.from(data, 'base64').toString('utf8'));
  if (next === 'refused') return [answer('D F')];
  if ('challenge' in next) return [answer(`C ${Buffer.from(next.challenge).toString('base64') || '+'}`)];
  return [`:${sid} METADATA ${user} accountname :${next.account.name}`, answer('D S')];
}

function parse(line: string): { source: string; command: string; params: string[] } {
  const [, source = '', command = '', rest = ''] = /^(?:@\S+ )?(?::(\S+) )?(\S+)(.*)$/.exec(line) ?? [];
  const end = rest.indexOf(' :');
  const words = (end < 0 ? rest : rest.slice(0, end)).split(' ').filter(Boolean);
  return { source, command, params: end < 0 ? words : [...words, rest.slice(end + 2)] };
}
