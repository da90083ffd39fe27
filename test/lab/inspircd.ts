import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../support/ports.ts';
import { daemon } from './daemon.ts';
import { ircServices, servicesName, servicesPassword } from './irc-services.ts';
import { program } from './program.ts';
import type { Site } from './site.ts';
import { restartable, together } from './switch.ts';
import type { InspircdLab } from './types.ts';
import { host, talk, until } from './wait.ts';

const accounts = [
  { name: 'parley', password: 'parley-irc' },
  { name: 'alice', password: 'alice-irc' },
  { name: 'bob', password: 'bob-irc' },
];

/**
 * A modern IRC server with the IRCv3 extensions, TLS, WebSockets, and SASL PLAIN, SCRAM-SHA-256 and EXTERNAL through a
 * services server linked to it.
 */
export async function startInspircd(site: Site): Promise<InspircdLab> {
  const [port = 0, tlsPort = 0, linkPort = 0, webSocketPort = 0, secureWebSocketPort = 0] = await freePorts(5);
  const room = await site.room('inspircd', 'irc');
  const config = join(room, 'inspircd.conf');
  await writeFile(config, settings(site, room, { port, tlsPort, linkPort, webSocketPort, secureWebSocketPort }));
  const ircd = daemon(site, {
    name: 'InspIRCd',
    program: program('inspircd'),
    args: ['--nofork', `--config=${config}`],
    user: 'irc',
    room,
    logs: [join(room, 'inspircd.log')],
    ready: () => talk({ port, say: 'CAP LS 302\r\n', expect: /CAP \S+ LS/ }),
  });
  const client = await clientCertificate(room);
  const own = accounts.map((one) => (one.name === 'parley' ? { ...one, fingerprint: client.fingerprint } : one));
  const services = ircServices(linkPort, own);
  const saslOffered = {
    up: async () => {
      const ask = { say: 'CAP LS 302\r\n', expect: /sasl=\S*PLAIN/ };
      await until('SASL from InspIRCd', async () => {
        await talk({ port, ...ask });
        await talk({ port: tlsPort, tls: true, ...ask });
      });
    },
    down: async () => {},
  };
  const server = together([ircd, services, saslOffered]);
  await server.up();
  const { certFile: caFile } = site.certificate;
  return { host, port, tlsPort, webSocketPort, secureWebSocketPort, accounts, caFile, client, ...restartable(server) };
}

/** The certificate that signs parley in without a password. */
async function clientCertificate(room: string): Promise<InspircdLab['client'] & { fingerprint: string }> {
  const [certFile, keyFile] = [join(room, 'client.pem'), join(room, 'client-key.pem')];
  await promisify(execFile)(program('openssl'), [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
    ...['-subj', '/CN=parley', '-keyout', keyFile, '-out', certFile],
  ]);
  const { fingerprint256 } = new X509Certificate(await readFile(certFile));
  return { certFile, keyFile, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() };
}

const modules = [
  ...['cap', 'ircv3', 'ircv3_accounttag', 'ircv3_batch', 'ircv3_capnotify', 'ircv3_chghost', 'ircv3_ctctags'],
  ...['ircv3_echomessage', 'ircv3_invitenotify', 'ircv3_labeledresponse', 'ircv3_msgid', 'ircv3_servertime'],
  ...['monitor', 'namesx', 'uhnames', 'setname', 'botmode', 'sasl', 'services_account', 'spanningtree'],
  ...['ssl_gnutls', 'sslinfo', 'sha1', 'websocket', 'chanhistory'],
];

type Ports = { port: number; tlsPort: number; linkPort: number; webSocketPort: number; secureWebSocketPort: number };

const settings = (
  site: Site,
  room: string,
  { port, tlsPort, linkPort, webSocketPort, secureWebSocketPort }: Ports,
) => `<config format="xml">
<path configdir="${room}" datadir="${room}" logdir="${room}" runtimedir="${room}">
<server name="irc.lab.test" description="Parley lab" network="Lab" id="001">
<admin name="Lab" nick="lab" email="admin@lab.test">
<bind address="${host}" port="${port}" type="clients">
<bind address="${host}" port="${tlsPort}" type="clients" sslprofile="lab">
<bind address="${host}" port="${webSocketPort}" type="clients" hook="websocket">
<bind address="${host}" port="${secureWebSocketPort}" type="clients" hook="websocket" sslprofile="lab">
<wsorigin allow="*">
<bind address="${host}" port="${linkPort}" type="servers">
<sslprofile name="lab" provider="gnutls" certfile="${site.certificate.certFile}" keyfile="${site.certificate.keyFile}" hash="sha256">
<connect name="people" allow="*" timeout="30" pingfreq="60" localmax="20000" globalmax="20000" maxchans="100"
  recvq="64K" softsendq="8M" hardsendq="16M" fakelag="no" threshold="100000" commandrate="100000000"
  useident="no" resolvehostnames="no" maxconnwarn="no">
<link name="${servicesName}" ipaddr="${host}" port="1" allowmask="127.0.0.0/8" sendpass="${servicesPassword}" recvpass="${servicesPassword}">
<uline server="${servicesName}" silent="yes">
<sasl target="${servicesName}" requiressl="no">
<options prefixquit="Quit: " defaultmodes="not" syntaxhints="no" hostintopic="yes" announcets="no">
<performance softlimit="20000" somaxconn="1024" quietbursts="yes" clonesonconnect="no">
<security hideserver="" allowcoreunload="no" maxtargets="20">
<whowas groupsize="10" maxgroups="1000" maxkeep="1d">
<class name="none">
<log method="file" target="${join(room, 'inspircd.log')}" type="* -USERINPUT -USEROUTPUT" level="default">
<pid file="${join(room, 'inspircd.pid')}">
${modules.map((name) => `<module name="${name}">`).join('\n')}
`;
