import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, type Environment, loadConfig } from './config.js';
import { environment } from './settings.js';

function mistakes(env: Environment): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

test('everything has a working default, and an empty variable counts as unset', () => {
  const config = loadConfig({ PORT: '', LOG_LEVEL: ' ' });
  expect(config).toEqual({
    host: '127.0.0.1',
    port: 3000,
    dataDir: path.resolve('data'),
    pushHosts: [],
    publicUrl: undefined,
    databaseUrl: undefined,
    redisUrl: undefined,
    roles: new Set(['api', 'connector', 'worker']),
    filesDir: undefined,
    bucket: undefined,
    nodeUrl: undefined,
    secretKeys: undefined,
    allowPrivateServers: true,
    webhookHosts: [],
    imageHosts: [],
    adapters: [],
    diskReserve: 200,
    logLevel: 'info',
    warnings: [],
  });
});

test('reads every setting', () => {
  const key = Buffer.alloc(32, 7);
  const config = loadConfig({
    HOST: '0.0.0.0',
    PORT: '8080',
    PARLEY_DATA: '/var/lib/parley',
    PARLEY_PUBLIC_URL: 'https://parley.example.org/',
    DATABASE_URL: 'postgresql://parley:secret@db/parley',
    REDIS_URL: 'rediss://cache:6380/1',
    PARLEY_ROLES: 'all',
    PARLEY_SECRET_KEY: `${key.toString('base64')},${Buffer.alloc(32, 8).toString('hex')}`,
    PARLEY_ALLOW_PRIVATE_SERVERS: 'false',
    PARLEY_WEBHOOK_HOSTS: 'automation.lan, 10.0.0.7 ::1',
    PARLEY_ADAPTERS: '@someone/parley-xmpp parley-fax',
    LOG_LEVEL: 'DEBUG',
  });
  expect(config).toMatchObject({
    dataDir: '/var/lib/parley',
    publicUrl: 'https://parley.example.org',
    secretKeys: [key, Buffer.alloc(32, 8)],
    allowPrivateServers: false,
    webhookHosts: ['automation.lan', '10.0.0.7', '::1'],
    imageHosts: [],
    adapters: ['@someone/parley-xmpp', 'parley-fax'],
    logLevel: 'debug',
  });
});

test('every mistake is told, one line each, and no secret with them', () => {
  const lines = mistakes({
    HOST: 'not a host',
    PORT: '70000',
    PARLEY_PUBLIC_URL: 'parley.example.org',
    DATABASE_URL: 'mysql://root:hush@db/parley',
    REDIS_URL: 'hush',
    S3_URL: 'https://hush@bucket',
    PARLEY_ROLES: 'api,dancer',
    PARLEY_SECRET_KEY: 'hush',
    PARLEY_ALLOW_PRIVATE_SERVERS: 'perhaps',
    PARLEY_WEBHOOK_HOSTS: 'http://automation.lan',
    PARLEY_ADAPTERS: '../evil',
    LOG_LEVEL: 'loud',
  });
  expect(lines).toEqual([
    'HOST must be an IP address or a host name, like 127.0.0.1 or 0.0.0.0 (it is "not a host")',
    'PORT must be a number from 0 to 65535 (it is "70000")',
    'PARLEY_PUBLIC_URL must look like https://parley.example.org (it is "parley.example.org")',
    'DATABASE_URL must look like postgresql://user:password@host:5432/parley',
    'REDIS_URL must look like redis://host:6379',
    'S3_URL must look like https://KEY:SECRET@host/bucket?region=eu-central-1, key and secret percent-encoded',
    'PARLEY_ROLES must be all, or some of api, connector and worker with commas between (it is "api,dancer")',
    'PARLEY_SECRET_KEY must be 32 bytes in base64 or hex (openssl rand -base64 32), or several with commas between',
    'PARLEY_ALLOW_PRIVATE_SERVERS must be true or false (it is "perhaps")',
    'PARLEY_WEBHOOK_HOSTS must be a list of host names and IP addresses; http://automation.lan is not one (it is "http://automation.lan")',
    'PARLEY_ADAPTERS must be a list of npm package names; ../evil is not one (it is "../evil")',
    'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent (it is "loud")',
  ]);
});

test('a misspelt name is pointed out', () => {
  expect(loadConfig({ PARLEY_DTAA: '/x' }).warnings).toEqual([
    'PARLEY_DTAA is not a setting of Parley and has no effect',
  ]);
});

test('a part of the work needs what several processes meet at', () => {
  expect(mistakes({ PARLEY_ROLES: 'api' })).toEqual([
    'PARLEY_ROLES other than "all" means several processes, which needs DATABASE_URL: the processes share a database',
    'PARLEY_ROLES other than "all" means several processes, which needs REDIS_URL: the processes tell each other by Redis what is new',
    'PARLEY_ROLES other than "all" means several processes, which needs PARLEY_SECRET_KEY: the processes share a key',
    'PARLEY_ROLES other than "all" means several processes, which needs PARLEY_PUBLIC_URL: people reach all of them at one address',
    'PARLEY_ROLES other than "all" means several processes, which needs PARLEY_FILES or S3_URL: the processes share a folder or a bucket for files',
  ]);
  const together = {
    ...{ DATABASE_URL: 'postgresql://parley@db/parley', REDIS_URL: 'redis://cache', PARLEY_FILES: '/srv/files' },
    ...{ PARLEY_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'), PARLEY_PUBLIC_URL: 'https://parley.example.org' },
  };
  expect(loadConfig({ ...together, PARLEY_ROLES: 'worker, api' }).roles).toEqual(new Set(['api', 'worker']));
});

test('the manual and .env.example list exactly the settings there are', () => {
  const names = Object.keys(environment.shape);
  const manual = readFileSync('docs/configuration.md', 'utf8');
  expect([...manual.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map((match) => match[1])).toEqual(names);
  const example = readFileSync('.env.example', 'utf8');
  expect([...example.matchAll(/^#([A-Z0-9_]+)=/gm)].map((match) => match[1])).toEqual(names);
});
