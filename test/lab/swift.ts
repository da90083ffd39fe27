import { execFile } from 'node:child_process';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AwsClient } from 'aws4fetch';
import { freePort } from '../support/ports.ts';
import { daemon } from './daemon.ts';
import { program } from './program.ts';
import { type Site, userIds } from './site.ts';
import { restartable, together } from './switch.ts';
import type { SwiftLab } from './types.ts';
import { host, until } from './wait.ts';

const run = promisify(execFile);
const parts = ['account', 'container', 'object'] as const;
const user = 'swift';
const keys = { accessKeyId: 'parley:files', secretAccessKey: 'secret' };
const bucket = 'parley-files';

/** OpenStack Swift on one disk, with its S3 API: one server for each kind of thing, and one in front of them. */
export async function startSwift(site: Site): Promise<SwiftLab> {
  const room = await site.room('swift', user);
  const disk = join(room, 'disk');
  const port = await freePort();
  const behind = await Promise.all(parts.map(async (part) => ({ part, port: await freePort() })));
  await mkdir(join(disk, 'd1'), { recursive: true });
  await writeFile(join(room, 'swift.conf'), common);
  await writeFile(join(room, 'proxy.conf'), proxySettings(port, room));
  for (const one of behind) {
    await writeFile(join(room, `${one.part}.conf`), settings(one.part, one.port, room));
    await makeRing(room, one.part, one.port);
  }
  const ids = userIds(user);
  if (ids) for (const folder of [disk, join(disk, 'd1')]) await chown(folder, ids.uid, ids.gid);
  const url = `http://${host}:${port}`;
  const all = together([...behind, { part: 'proxy', port }].map((one) => swiftServer(site, room, one.part, one.port)));
  await all.up();
  const client = new AwsClient({ ...keys, service: 's3', region: 'us-east-1', retries: 0 });
  await until('a bucket', async () => {
    const { status } = await client.fetch(`${url}/${bucket}`, { method: 'PUT', signal: AbortSignal.timeout(5_000) });
    if (status !== 200) throw new Error(`it answers ${status}`);
  });
  const sealed = [keys.accessKeyId, keys.secretAccessKey].map(encodeURIComponent).join(':');
  return { url: `http://${sealed}@${host}:${port}/${bucket}`, ...restartable(all) };
}

function swiftServer(site: Site, room: string, part: string, port: number) {
  return daemon(site, {
    name: `Swift's ${part} server`,
    program: program(`swift-${part}-server`),
    args: [join(room, `${part}.conf`), '--verbose'],
    user,
    room,
    ready: async () => {
      const { status } = await fetch(`http://${host}:${port}/healthcheck`, { signal: AbortSignal.timeout(2_000) });
      if (status !== 200) throw new Error(`it answers ${status}`);
    },
  });
}

/** Says which disk has what: all of it the only one there is. */
async function makeRing(room: string, part: string, port: number): Promise<void> {
  const builder = join(room, `${part}.builder`);
  const steps = [['create', '4', '1', '0'], ['add', `r1z1-${host}:${port}/d1`, '1'], ['rebalance']];
  for (const step of steps) await run(program('swift-ring-builder'), [builder, ...step], { timeout: 15_000 });
}

const common = `[swift-hash]
swift_hash_path_suffix = lab
[storage-policy:0]
name = one
default = yes
`;

const general = (port: number, room: string) => `[DEFAULT]
bind_ip = ${host}
bind_port = ${port}
workers = 0
user = ${user}
swift_dir = ${room}
devices = ${join(room, 'disk')}
mount_check = false
fallocate_reserve = 0
`;

const settings = (part: string, port: number, room: string) => `${general(port, room)}
[pipeline:main]
pipeline = healthcheck ${part}-server
[filter:healthcheck]
use = egg:swift#healthcheck
[app:${part}-server]
use = egg:swift#${part}
`;

/** It asks for a cache and does without one: nothing listens at that port. */
const proxySettings = (port: number, room: string) => `${general(port, room)}
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache s3api tempauth proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = ${host}:1
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
allow_multipart_uploads = false
[filter:tempauth]
use = egg:swift#tempauth
user_parley_files = secret .admin
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
`;
