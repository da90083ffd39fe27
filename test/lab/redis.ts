import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/ports.ts';
import { daemon } from './daemon.ts';
import { program } from './program.ts';
import type { Site } from './site.ts';
import { restartable } from './switch.ts';
import type { RedisLab } from './types.ts';
import { host, talk } from './wait.ts';

export async function startRedis(site: Site): Promise<RedisLab> {
  const port = await freePort();
  const room = await site.room('redis', 'redis');
  const config = join(room, 'redis.conf');
  await writeFile(config, settings(port, room));
  const server = daemon(site, {
    name: 'Redis',
    program: program('redis-server'),
    args: [config],
    user: 'redis',
    room,
    ready: () => talk({ port, say: 'PING\r\n', expect: /^\+PONG\r\n/ }),
  });
  await server.up();
  return { url: `redis://${host}:${port}`, ...restartable(server) };
}

const settings = (port: number, room: string) => `bind ${host}
port ${port}
dir ${room}
daemonize no
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
set-proc-title no
`;
