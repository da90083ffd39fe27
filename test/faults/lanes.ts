import type { startLab } from '../lab/index.js';
import type { Parley } from '../support/parley.js';
import { MailPerson } from '../support/people.js';
import { XmppPerson } from '../support/xmpp-person.js';
import { IrcEar } from './irc-ear.js';

export const laneServers = ['ngircd', 'prosody', 'mail', 'smsc'] as const;
export type FaultLab = Awaited<ReturnType<typeof startLab<(typeof laneServers)[number]>>>;

/** One way out of Parley to somebody at a real server, who counts what comes. */
export type Lane = {
  name: string;
  /** Messages a round; what the network's own flood rules let through in a few seconds. */
  load: number;
  accountId: string;
  conversationId: string;
  /** Every text that came, in order; a text twice came twice. */
  received(): Promise<string[]>;
  /** The server stops and is there again; the person too. */
  restart(): Promise<void>;
  /** The other side writes. Only where what is written while we are away waits for us. */
  say?(text: string): Promise<void>;
};

/** Where Parley reaches the server at a port of its own machine. */
type Through = (port: number) => Promise<number>;
const straight: Through = async (port) => port;

export type Lanes = { all: Lane[]; leave(): Promise<void> };

/** Signs in at each server of the lab, with a person at the other end of each, who goes there without `through`. */
export async function openLanes(parley: Parley, lab: FaultLab, through = straight): Promise<Lanes> {
  const irc = await ircLane(parley, lab, through);
  const xmpp = await xmppLane(parley, lab, through);
  const all = [irc.lane, xmpp.lane, await mailLane(parley, lab, through), ...(await smsLanes(parley, lab, through))];
  return {
    all,
    leave: async () => {
      irc.ear.leave();
      await xmpp.leave();
    },
  };
}

async function chat(parley: Parley, accountId: string, address: string): Promise<string> {
  await parley.online(accountId);
  return (await parley.ok('POST', '/chats', { accountId, address })).conversation.id;
}

async function ircLane(parley: Parley, lab: FaultLab, through: Through): Promise<{ lane: Lane; ear: IrcEar }> {
  const ear = new IrcEar(lab.ngircd.port, 'ada');
  await ear.join();
  const { id } = await parley.signIn('irc', 'server', {
    ...{ server: '127.0.0.1', port: await through(lab.ngircd.port), tls: 'off', nick: 'parley' },
  });
  const lane: Lane = {
    name: 'irc',
    load: 4,
    accountId: id,
    conversationId: await chat(parley, id, 'ada'),
    received: async () => ear.heard,
    restart: () => lab.ngircd.restart(),
  };
  return { lane, ear };
}

async function xmppLane(
  parley: Parley,
  lab: FaultLab,
  through: Through,
): Promise<{ lane: Lane; leave(): Promise<void> }> {
  const { prosody } = lab;
  const [us, alice] = prosody.users;
  if (!us || !alice) throw new Error('the lab has people on XMPP');
  const persons = [await XmppPerson.signIn(alice, prosody)];
  const port = String(await through(prosody.port));
  const input = { jid: us.jid, password: us.password, host: prosody.host, port, tls: 'off' };
  const { id } = await parley.signIn('xmpp', 'password', input);
  const lane: Lane = {
    name: 'xmpp',
    load: 12,
    accountId: id,
    conversationId: await chat(parley, id, alice.jid),
    received: async () => {
      const bodies = persons.flatMap((person) => person.stanzas.map(({ body }) => body ?? ''));
      return bodies.filter((body) => body !== '');
    },
    restart: async () => {
      await persons.at(-1)?.leave();
      await prosody.restart();
      persons.push(await XmppPerson.signIn(alice, prosody));
    },
    say: async (text) => void (await persons.at(-1)?.do('send', { to: us.jid, body: text })),
  };
  return { lane, leave: async () => void (await persons.at(-1)?.leave()) };
}

async function mailLane(parley: Parley, lab: FaultLab, through: Through): Promise<Lane> {
  const [us] = lab.mail.users;
  const alice = new MailPerson(lab.mail, 'alice');
  const { id } = await parley.signIn('email', 'password', {
    ...{ address: us?.address, username: us?.username, password: us?.password, backfill: '0' },
    ...{ imapHost: '127.0.0.1', imapPort: await through(lab.mail.imapPort), imapTls: 'off' },
    ...{ smtpHost: '127.0.0.1', smtpPort: await through(lab.mail.submissionPort), smtpTls: 'off' },
  });
  return {
    name: 'email',
    load: 6,
    accountId: id,
    conversationId: await chat(parley, id, alice.address),
    // A repeat under the same Message-ID is one mail to every program; see docs/guarantees.md.
    received: async () => {
      const byId = new Map((await alice.inbox()).map((mail) => [mail.messageId ?? '', mail.text?.trim() ?? '']));
      return [...byId.values()];
    },
    restart: () => lab.mail.restart(),
    say: (text) => alice.write(us?.address ?? '', { subject: 'Numbers', text }),
  };
}

async function smsLanes(parley: Parley, lab: FaultLab, through: Through): Promise<Lane[]> {
  const { smpp, http } = lab.smsc;
  const { id: smppId } = await parley.signIn('sms', 'smpp', {
    ...{ host: smpp.host, port: String(await through(smpp.port)), systemId: smpp.systemId, password: smpp.password },
    from: smpp.number,
  });
  const gateway = new URL(http.url);
  gateway.port = String(await through(Number(gateway.port)));
  const { id: httpId } = await parley.signIn('sms', 'http', {
    ...{ url: gateway.href, username: http.username, password: http.password, from: http.number },
  });
  const lane = async (via: 'smpp' | 'http', accountId: string, phone: string, restart: () => Promise<void>) => ({
    name: `sms-${via}`,
    load: 8,
    accountId,
    conversationId: await chat(parley, accountId, phone),
    received: async () => lab.smsc.received(phone).map(({ text }) => text),
    restart,
  });
  const again = (part: { down(): Promise<void>; up(): Promise<void> }) => async () => {
    await part.down();
    await part.up();
  };
  return [
    await lane('smpp', smppId, '+447700900201', again(smpp.centre)),
    await lane('http', httpId, '+447700900202', again(http.gateway)),
  ];
}
