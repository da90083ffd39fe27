import { SaslServer } from '../lab/irc-sasl.ts';
import type { Client, Handler, IrcPeerServer, Line } from './irc-peer-server.js';

const name = 'irc.peer.test';

const say: Handler = (client, { tags, command, params: [target = '', text = ''] }, peer) => {
  if (peer.sends === 'cut') return void client.socket.resetAndDestroy();
  const label: Record<string, string> = tags.label && client.caps.has('labeled-response') ? { label: tags.label } : {};
  const refusal = peer.refusals.get(target.toLowerCase());
  if (peer.sends === 'answer' && refusal !== undefined) return client.server(refusal.replace('$', client.nick), label);
  if (tags.batch !== undefined && client.parts)
    return void client.parts.lines.push({ tags, command, params: [target, text], text });
  peer.heardBy.push({ target, text });
  if (peer.sends === 'silent') return;
  if (client.caps.has('echo-message')) {
    client.own(`${command} ${target} :${text}`, { ...label, ...idOf(client, target, `${command} ${target} :${text}`) });
  } else if (label.label) client.server('ACK', label);
};

/** The id of a line of ours, which a server that keeps messages remembers. */
function idOf(client: Client, target: string, line: string, tags: Record<string, string> = {}): Record<string, string> {
  const { peer } = client;
  if (client.caps.has('draft/chathistory')) return peer.keep(target, client.nick, line, tags);
  return client.caps.has('message-tags') ? { msgid: peer.nextId() } : {};
}

const labelOf = ({ tags }: Line): Record<string, string> => (tags.label ? { label: tags.label } : {});
const clientTags = (tags: Record<string, string>) =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith('+')));

/** A message in parts, taken as one and echoed as one. */
function onParts(client: Client, peer: IrcPeerServer): void {
  const { parts } = client;
  client.parts = undefined;
  if (!parts) return;
  const text = parts.lines.reduce(
    (sum, { tags, params }, at) =>
      `${sum}${at === 0 || 'draft/multiline-concat' in tags ? '' : '\n'}${params[1] ?? ''}`,
    '',
  );
  peer.heardBy.push({ target: parts.target, text });
  const id = { msgid: peer.nextId() };
  client.own(`BATCH +echo draft/multiline ${parts.target}`, { ...parts.label, ...id });
  for (const { tags, params } of parts.lines) {
    const glued: Record<string, string> = 'draft/multiline-concat' in tags ? { 'draft/multiline-concat': '' } : {};
    client.own(`PRIVMSG ${parts.target} :${params[1] ?? ''}`, { batch: 'echo', ...glued });
  }
  client.own('BATCH -echo');
}

export const handlers: Record<string, Handler> = {
  CAP: (client, { params: [command = '', ...rest] }, peer) => {
    const asked = rest.at(-1)?.split(' ') ?? [];
    if (command === 'LS') {
      client.negotiate(true);
      client.server(`CAP * LS :${peer.caps.join(' ')}`);
    } else if (command === 'REQ') {
      for (const cap of asked) client.caps.add(cap);
      client.server(`CAP * ACK :${asked.join(' ')}`);
    } else if (command === 'END') client.negotiate(false);
  },
  AUTHENTICATE: (client, { params: [data = ''] }, peer) => {
    const say = (text: string) => {
      const encoded = Buffer.from(text).toString('base64');
      client.raw(`AUTHENTICATE ${encoded || '+'}`);
    };
    const accounts = [...peer.accounts].map((account) => ({ name: account, password: peer.password }));
    if (!client.sasl) {
      const server = new SaslServer(data, undefined, accounts);
      if (server.begin() === 'refused') return client.server('904 * :SASL authentication failed');
      client.sasl = { input: '', server };
      return say('');
    }
    if (data !== '+') client.sasl.input += data;
    if (data.length === 400) return;
    const step = client.sasl.server.next(Buffer.from(client.sasl.input, 'base64').toString('utf8'));
    client.sasl.input = '';
    if (step === 'refused' || peer.refusing) {
      client.sasl = undefined;
      return client.server('904 * :SASL authentication failed');
    }
    if ('challenge' in step) return say(peer.lies ? step.challenge.replace(/^v=..../, 'v=AAAA') : step.challenge);
    client.account = step.account.name;
    client.server(`900 * ${client.mask} ${client.account} :You are now logged in as ${client.account}`);
    client.server('903 * :SASL authentication successful');
  },
  PASS: (client, { params: [pass = ''] }) => {
    client.pass = pass;
  },
  NICK: (client, { params: [nick = ''] }, peer) => {
    if (peer.takenNicks.has(nick))
      return client.server(`433 ${client.nick || '*'} ${nick} :Nickname is already in use.`);
    if (client.welcomed) client.own(`NICK :${nick}`);
    client.nick = nick;
    client.welcome();
  },
  USER: (client) => client.gaveUser(),
  PING: (client, { params: [token = ''] }, peer) => {
    if (peer.sends !== 'silent') client.server(`PONG ${name} :${token}`);
  },
  PONG: () => {},
  QUIT: (client) => client.socket.end('ERROR :Closing Link: (Quit: Leaving)\r\n'),
  PRIVMSG: say,
  NOTICE: say,
  TAGMSG: (client, line, peer) => {
    const {
      params: [target = ''],
      tags,
    } = line;
    const sent = clientTags(tags);
    peer.tagged.push({ target, tags: sent });
    if (client.caps.has('echo-message'))
      client.own(`TAGMSG ${target}`, { ...labelOf(line), ...sent, ...idOf(client, target, `TAGMSG ${target}`, sent) });
    else client.server('ACK', labelOf(line));
  },
  BATCH: (client, line, peer) => {
    const {
      params: [id = '', , target = ''],
    } = line;
    if (id.startsWith('+')) client.parts = { label: labelOf(line), target, lines: [] };
    else onParts(client, peer);
  },
  REDACT: (client, line, peer) => {
    const {
      params: [target = '', id = ''],
    } = line;
    if (peer.history.remove(id)) client.own(`REDACT ${target} ${id}`, labelOf(line));
    else client.server(`FAIL REDACT UNKNOWN_MSGID ${target} ${id} :This message does not exist`, labelOf(line));
  },
  MARKREAD: (client, line, peer) => {
    const {
      params: [target = '', value = '*'],
    } = line;
    if (value !== '*') peer.markers.set(target.toLowerCase(), value);
    client.server(`MARKREAD ${target} ${peer.markers.get(target.toLowerCase()) ?? '*'}`, labelOf(line));
  },
  CHATHISTORY: (client, line, peer) => peer.history.answer(client, line),
  TOPIC: (client, line, peer) => {
    const {
      params: [channel = '', topic = ''],
    } = line;
    if (peer.refusals.has(channel))
      return client.server(`482 ${client.nick} ${channel} :You're not channel operator`, labelOf(line));
    peer.topics.set(channel, topic);
    client.own(`TOPIC ${channel} :${topic}`, labelOf(line));
  },
  INVITE: (client, line, peer) => {
    const {
      params: [nick = '', channel = ''],
    } = line;
    if (peer.people.has(nick.toLowerCase())) client.server(`341 ${client.nick} ${nick} ${channel}`, labelOf(line));
    else client.server(`401 ${client.nick} ${nick} :No such nick`, labelOf(line));
  },
  WHO: (client, line, peer) => {
    const {
      params: [channel = '', fields = ''],
    } = line;
    const token = fields.split(',')[1] ?? '';
    client.server(`BATCH +who labeled-response`, labelOf(line));
    for (const [nick, away] of peer.people)
      client.server(`354 ${client.nick} ${token} ${nick} ${away ? 'G' : 'H'}`, { batch: 'who' });
    client.server(`315 ${client.nick} ${channel} :End of WHO`, { batch: 'who' });
    client.server('BATCH -who');
  },
  JOIN: (client, { params: [names = ''] }, peer) => {
    for (const channel of names.split(',')) {
      const refused = peer.refusedJoins.get(channel);
      if (refused !== undefined) {
        client.server(refused.replace('$', client.nick));
        continue;
      }
      client.channels.add(channel);
      client.own(`JOIN ${channel}`);
      const topic = peer.topics.get(channel);
      if (topic !== undefined) client.server(`332 ${client.nick} ${channel} :${topic}`);
      client.server(`353 ${client.nick} = ${channel} :@op ${client.nick}`);
      client.server(`366 ${client.nick} ${channel} :End of /NAMES list.`);
    }
  },
  PART: (client, { params: [channel = ''] }) => {
    if (client.channels.delete(channel)) client.own(`PART ${channel}`);
    else client.server(`442 ${client.nick} ${channel} :You're not on that channel`);
  },
  MONITOR: (client, { params: [sign = '', names = ''] }, peer) => {
    for (const nick of names.split(',')) {
      if (sign === '+') client.monitored.add(nick);
      const here = peer.people.has(nick);
      client.server(here ? `730 ${client.nick} :${nick}!u@h` : `731 ${client.nick} :${nick}`);
    }
  },
  USERHOST: (client, { params }, peer) => {
    const found = params.flatMap((nick) => {
      if (nick === client.nick) return [`${nick}=+${client.mask.split('!')[1]}`];
      const away = peer.people.get(nick);
      return away === undefined ? [] : [`${nick}=${away ? '-' : '+'}${nick}@host.test`];
    });
    client.server(`302 ${client.nick} :${found.join(' ')}`);
  },
  AWAY: (client, { params: [words] }) => {
    client.server(words ? `306 ${client.nick} :You are away` : `305 ${client.nick} :You are back`);
  },
};
