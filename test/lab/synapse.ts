import { createHmac, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { synapsePython } from '../../scripts/sid.mjs';
import { freePorts } from '../support/ports.ts';
import { daemon } from './daemon.ts';
import type { Site } from './site.ts';
import { restartable, together } from './switch.ts';
import { signOnPage } from './synapse-sso.ts';
import type { MatrixUser, SynapseLab } from './types.ts';
import { host } from './wait.ts';

const domain = 'lab.test';

/** The Matrix homeserver: one process on SQLite, presence on, federation and everything that would ask the world off. */
export async function startSynapse(site: Site): Promise<SynapseLab> {
  const [port = 0, tlsPort = 0, ssoPort = 0] = await freePorts(3);
  const room = await site.room('synapse');
  const url = `http://${host}:${port}`;
  const secret = randomBytes(24).toString('base64url');
  const python = synapsePython();
  if (!python) throw new Error('Synapse is not unpacked');
  await writeFile(
    join(room, 'signing.key'),
    `ed25519 a_lab ${randomBytes(32).toString('base64').replace(/=+$/, '')}\n`,
  );
  await writeFile(join(room, 'log.yaml'), logging);
  const config = join(room, 'homeserver.yaml');
  const write = (messagesPerSecond: number) =>
    writeFile(
      config,
      settings({ room, port, tlsPort, ssoPort, secret, certificate: site.certificate, messagesPerSecond }),
    );
  await write(10_000);
  const server = daemon(site, {
    name: 'Synapse',
    program: python.program,
    args: [...python.args, '-m', 'synapse.app.homeserver', '--config-path', config],
    env: python.env,
    patienceMs: 60_000,
    room,
    logs: [join(room, 'homeserver.log')],
    ready: async () => {
      const { ok } = await fetch(`${url}/_matrix/client/versions`, { signal: AbortSignal.timeout(2_000) });
      if (!ok) throw new Error('not ready');
    },
  });
  const page = signOnPage(ssoPort);
  const all = together([page, server]);
  await all.up();
  const addUser = (name: string, password = `${name}-matrix`) => register({ url, secret, name, password });
  const users = [await addUser('parley'), await addUser('alice'), await addUser('bob')];
  return {
    ...{ host, port, url, tlsUrl: `https://${host}:${tlsPort}`, domain, users, addUser },
    caFile: site.certificate.certFile,
    ssoUser: page.user,
    python,
    async limitMessages(perSecond) {
      await write(perSecond ?? 10_000);
      await server.down();
      await server.up();
    },
    ...restartable(all),
  };
}

type Registration = { url: string; secret: string; name: string; password: string };

/** As an administrator makes users: with the secret that the server's settings hold. */
async function register({ url, secret, name, password }: Registration): Promise<MatrixUser> {
  const address = `${url}/_synapse/admin/v1/register`;
  const limit = () => AbortSignal.timeout(20_000);
  const { nonce } = (await (await fetch(address, { signal: limit() })).json()) as { nonce: string };
  const mac = createHmac('sha1', secret).update([nonce, name, password, 'notadmin'].join('\0')).digest('hex');
  const body = JSON.stringify({ nonce, username: name, password, admin: false, mac, displayname: capital(name) });
  const answer = await fetch(address, { method: 'POST', body, signal: limit() });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Synapse did not make ${name}: ${text}`);
  const { access_token: token } = JSON.parse(text) as { access_token: string };
  return { id: `@${name}:${domain}`, name, password, token };
}

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

type Settings = {
  room: string;
  port: number;
  tlsPort: number;
  ssoPort: number;
  secret: string;
  certificate: Site['certificate'];
  messagesPerSecond: number;
};

const fast = '{ per_second: 10000, burst_count: 10000 }';

/** JSON is YAML; what is off is off because nothing may leave this machine. */
const settings = (given: Settings) => `server_name: ${domain}
public_baseurl: http://${host}:${given.port}/
pid_file: ${given.room}/homeserver.pid
listeners:
  - { port: ${given.port}, bind_addresses: ['${host}'], type: http, tls: false, resources: [{ names: [client] }] }
  - { port: ${given.tlsPort}, bind_addresses: ['${host}'], type: http, tls: true, resources: [{ names: [client] }] }
tls_certificate_path: ${given.certificate.certFile}
tls_private_key_path: ${given.certificate.keyFile}
database: { name: sqlite3, args: { database: ${given.room}/homeserver.db } }
log_config: ${given.room}/log.yaml
media_store_path: ${given.room}/media
signing_key_path: ${given.room}/signing.key
registration_shared_secret: ${given.secret}
macaroon_secret_key: ${given.secret}m
form_secret: ${given.secret}f
bcrypt_rounds: 4
report_stats: false
trusted_key_servers: []
federation_domain_whitelist: []
allow_public_rooms_over_federation: false
url_preview_enabled: false
enable_registration: false
presence: { enabled: true }
cas_config: { enabled: true, server_url: 'http://${host}:${given.ssoPort}' }
sso: { client_whitelist: ['http://${host}', 'http://localhost'] }
max_upload_size: 30M
rc_message: { per_second: ${given.messagesPerSecond}, burst_count: ${Math.max(1, given.messagesPerSecond)} }
rc_registration: ${fast}
rc_login: { address: ${fast}, account: ${fast}, failed_attempts: ${fast} }
rc_joins: { local: ${fast}, remote: ${fast} }
rc_joins_per_room: ${fast}
rc_invites: { per_room: ${fast}, per_user: ${fast}, per_issuer: ${fast} }
rc_room_creation: ${fast}
rc_admin_redaction: ${fast}
rc_presence: { per_user: ${fast} }
rc_media_create: ${fast}
rc_key_requests: ${fast}
user_directory: { enabled: true, search_all_users: true }
`;

const logging = `version: 1
handlers: { console: { class: logging.StreamHandler } }
root: { level: WARNING, handlers: [console] }
disable_existing_loggers: false
`;
