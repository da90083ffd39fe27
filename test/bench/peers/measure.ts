import { openSite, type Site } from '../../lab/site.ts';
import { type Way, wayTo } from '../arrivals.ts';
import { Floor } from '../floor.ts';
import { Load } from '../load.ts';
import { type MemoryFigures, measureMemory } from '../memory.ts';
import { BenchServer, type Person } from '../server.ts';
import { Watcher } from '../watcher.ts';
import { Biboumi } from './biboumi.ts';
import { Bitlbee } from './bitlbee.ts';
import { type ContestFigures, contest, type Entrants, type Plan } from './contest.ts';
import { Endings } from './endings.ts';
import { advice, missingOf, type Peer, versions } from './programs.ts';
import { XmppServer, XmppWriter } from './xmpp-server.ts';
import { Znc } from './znc.ts';
import { type ZncMemory, zncMemory } from './znc-memory.ts';

const ircPlan: Plan = {
  rates: [200, 1_000],
  seconds: 10,
  burst: { count: 20_000, times: 3 },
  warmUp: { perSecond: 200, seconds: 5, burst: 5_000 },
};
const xmppPlan: Plan = { rates: ircPlan.rates, seconds: 10, warmUp: { perSecond: 200, seconds: 5 } };

export type PeersFigures = {
  /** Of the programs that were there, as a sentence names them; and what to do about the others. */
  versions: string;
  missing?: string;
  irc: ContestFigures;
  xmpp?: ContestFigures;
  memory: MemoryFigures & { znc?: ZncMemory };
};

type Missing = ReadonlyMap<Peer, string[]>;
type Tell = (text: string) => void;
type Parley = { server: BenchServer; person: Person; browser: Watcher };

/** The same work by Parley, the bare relay and what else one would take for it, in one run. */
export async function measurePeers(tell: Tell): Promise<PeersFigures> {
  const missing = missingOf();
  const todo = advice(missing);
  if (todo) console.log(todo);
  const site = await openSite();
  try {
    const traffic = await measureTraffic(site, missing, tell);
    const znc = missing.has('znc') ? undefined : await zncMemory(site, tell);
    const memory = { ...(await measureMemory(tell)), ...(znc && { znc }) };
    return { versions: versions(missing), ...(todo && { missing: todo }), ...traffic, memory };
  } finally {
    await site.close();
  }
}

const measureTraffic = (site: Site, missing: Missing, tell: Tell) =>
  Endings.in(async (endings) => {
    const server = endings.add(new BenchServer(), (one) => one.remove());
    await server.up();
    const person = await server.setUp();
    const browser = endings.add(await Watcher.open(server.streamUrl, person.token), (one) => one.close());
    const parley = { server, person, browser };
    const xmppServer =
      missing.has('biboumi') && missing.has('bitlbee')
        ? undefined
        : endings.add(await XmppServer.start(site), (one) => one.stop());
    const irc = await measureIrc(site, missing, parley, xmppServer, tell);
    if (!xmppServer || missing.has('bitlbee')) return { irc };
    return { irc, xmpp: await measureXmpp(site, parley, xmppServer, tell) };
  });

/** From a line on the network's socket: to a browser, to an attached client, to somebody in an XMPP room. */
const measureIrc = (site: Site, missing: Missing, parley: Parley, xmppServer: XmppServer | undefined, tell: Tell) =>
  Endings.in(async (endings) => {
    const load = endings.add(await Load.start(), (one) => one.stop());
    const entrants: Entrants = {
      relay: endings.add(await Floor.open(load), (one) => one.close()),
      parley: await parleyWay(parley, load),
    };
    if (!missing.has('znc')) {
      entrants.znc = await zncWay(site, load, endings, 'znc');
      entrants.zncLog = await zncWay(site, load, endings, 'znclog', { log: true });
    }
    if (xmppServer && !missing.has('biboumi')) {
      const [nick, room] = ['biboumi', '#biboumi'];
      const biboumi = endings.add(await Biboumi.start(site, xmppServer.component), (one) => one.stop());
      const client = await biboumi.client(xmppServer.user('bob'), load, nick, room);
      entrants.biboumi = wayTo(
        load,
        room,
        endings.add(client, (one) => one.close()),
      );
    }
    return contest(entrants, ircPlan, (text) => tell(`IRC, ${text}`));
  });

/** From somebody who writes on the XMPP server: to a browser, and to an IRC client. */
const measureXmpp = (site: Site, { server, person, browser }: Parley, xmppServer: XmppServer, tell: Tell) =>
  Endings.in(async (endings): Promise<ContestFigures> => {
    const [own, bob, alice] = [xmppServer.user('parley'), xmppServer.user('bob'), xmppServer.user('alice')];
    const jid = `${own.name}@${own.domain}`;
    const input = { jid, password: own.password, host: own.host, port: String(own.port), tls: 'off' };
    await server.untilOnline(person, await server.signInTo(person, 'xmpp', 'password', [input]));
    const bitlbee = endings.add(await Bitlbee.start(site), (one) => one.stop());
    const attached = endings.add(await bitlbee.client(bob), (one) => one.close());
    const writer = endings.add(await XmppWriter.signIn(alice), (one) => one.stop());
    const entrants = {
      parley: wayTo(writer, jid, browser),
      bitlbee: wayTo(writer, `${bob.name}@${bob.domain}`, attached),
    };
    return contest(entrants, xmppPlan, (text) => tell(`XMPP, ${text}`));
  });

async function parleyWay({ server, person, browser }: Parley, load: Load): Promise<Way> {
  const channel = '#parley';
  const fields = { server: load.host, port: load.port, nick: 'parley', channels: channel };
  await server.untilOnline(person, await server.signIn(person, fields));
  await load.untilMembers(channel, 1, 10_000);
  return wayTo(load, channel, browser);
}

async function zncWay(site: Site, load: Load, endings: Endings, nick: string, more: { log?: true } = {}): Promise<Way> {
  const channel = `#${nick}`;
  const plan = { server: load, users: 1, networks: 1, nick, channel, ...more };
  const znc = endings.add(await Znc.start(site, plan), (one) => one.stop());
  await load.untilMembers(channel, 1, 30_000);
  return wayTo(
    load,
    channel,
    endings.add(await znc.client('bench', channel), (one) => one.close()),
  );
}
