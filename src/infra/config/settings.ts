import { isIP } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { bucketAddress } from '../storage/bucket-address.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$/i;
const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const KEY_BYTES = 32;

const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

function url(text: string, protocols: readonly string[], context: z.RefinementCtx, example: string): URL {
  const parsed = URL.parse(text);
  if (parsed === null || !protocols.includes(parsed.protocol) || parsed.hostname === '') {
    // A database reached through a socket has no host in its URL: postgresql:///name?host=/folder
    if (parsed !== null && protocols.includes(parsed.protocol) && parsed.searchParams.has('host')) return parsed;
    context.addIssue(`must look like ${example}`);
    return z.NEVER;
  }
  return parsed;
}

function secretKey(text: string): Buffer | undefined {
  const bytes = /^[0-9a-f]{64}$/i.test(text)
    ? Buffer.from(text, 'hex')
    : Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64');
  return bytes.length === KEY_BYTES ? bytes : undefined;
}

const defaulted = (fallback: string) => z.string().default(fallback);
const optional = <T>(read: (text: string, context: z.RefinementCtx) => T) =>
  z
    .string()
    .optional()
    .transform((text, context) => (text === undefined ? undefined : read(text, context)));

const host = defaulted('127.0.0.1').refine(
  (text) => isIP(text) !== 0 || HOST_NAME.test(text),
  'must be an IP address or a host name, like 127.0.0.1 or 0.0.0.0',
);

const port = defaulted('3000')
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65535, 'must be a number from 0 to 65535')
  .transform(Number);

const dataFolder = defaulted('./data').refine((text) => !text.includes('\0'), 'must be a folder');

const publicUrl = optional((text, context) => {
  const parsed = url(text, ['http:', 'https:'], context, 'https://parley.example.org');
  if (parsed !== z.NEVER && (parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== ''))
    context.addIssue('must be an address without a path, like https://parley.example.org');
  return parsed === z.NEVER ? z.NEVER : parsed.origin;
});

const databaseUrl = optional((text, context) => {
  url(text, ['postgres:', 'postgresql:'], context, 'postgresql://user:password@host:5432/parley');
  return text;
});

const redisUrl = optional((text, context) => {
  url(text, ['redis:', 'rediss:'], context, 'redis://host:6379');
  return text;
});

const s3Url = optional((text, context) => {
  const at = bucketAddress(text);
  if (at) return at;
  context.addIssue('must look like https://KEY:SECRET@host/bucket?region=eu-central-1, key and secret percent-encoded');
  return z.NEVER;
});

const ROLES = ['api', 'connector', 'worker'] as const;
/** What a process does: talks to people, keeps connections to networks, does chores. */
export type Role = (typeof ROLES)[number];

const roles = defaulted('all').transform((text, context): ReadonlySet<Role> => {
  const asked = words(text.toLowerCase());
  if (asked.length === 1 && asked[0] === 'all') return new Set(ROLES);
  const known = ROLES.filter((role) => asked.includes(role));
  if (known.length === asked.length && known.length > 0) return new Set(known);
  context.addIssue('must be all, or some of api, connector and worker with commas between');
  return z.NEVER;
});

const filesFolder = optional((text, context) => {
  if (path.isAbsolute(text) && !text.includes('\0')) return text;
  context.addIssue('must be an absolute path to a folder that all processes share');
  return z.NEVER;
});

const nodeUrl = optional((text, context) => {
  const parsed = url(text, ['http:', 'https:'], context, 'http://10.0.0.5:3000');
  return parsed === z.NEVER ? z.NEVER : parsed.origin;
});

const secretKeys = optional((text, context): readonly Buffer[] => {
  const keys = words(text).map(secretKey);
  const sound = keys.filter((key) => key !== undefined);
  if (sound.length === keys.length && keys.length > 0) return sound;
  context.addIssue('must be 32 bytes in base64 or hex (openssl rand -base64 32), or several with commas between');
  return z.NEVER;
});

const flag = (fallback: string) =>
  defaulted(fallback)
    .refine((text) => ['true', 'false', '1', '0'].includes(text.toLowerCase()), 'must be true or false')
    .transform((text) => ['true', '1'].includes(text.toLowerCase()));

const hostList = defaulted('').transform((text, context): readonly string[] => {
  const hosts = words(text);
  const wrong = hosts.filter((name) => isIP(name) === 0 && !HOST_NAME.test(name));
  if (wrong.length > 0)
    context.addIssue(`must be a list of host names and IP addresses; ${wrong.join(', ')} is not one`);
  return hosts;
});

const adapters = defaulted('').transform((text, context): readonly string[] => {
  const names = words(text);
  const wrong = names.filter((name) => !PACKAGE_NAME.test(name));
  if (wrong.length > 0) context.addIssue(`must be a list of npm package names; ${wrong.join(', ')} is not one`);
  return names;
});

const diskReserve = defaulted('200')
  .refine((text) => /^\d{1,7}$/.test(text), 'must be a number of MiB, such as 200; 0 keeps nothing free')
  .transform(Number);

const logLevel = defaulted('info')
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`));

/** The environment as the server reads it; an absent name takes its default. */
export const environment = z.object({
  HOST: host,
  PORT: port,
  PARLEY_DATA: dataFolder,
  PARLEY_PUBLIC_URL: publicUrl,
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  S3_URL: s3Url,
  PARLEY_ROLES: roles,
  PARLEY_FILES: filesFolder,
  PARLEY_NODE_URL: nodeUrl,
  PARLEY_SECRET_KEY: secretKeys,
  PARLEY_ALLOW_PRIVATE_SERVERS: flag('true'),
  PARLEY_WEBHOOK_HOSTS: hostList,
  PARLEY_IMAGE_HOSTS: hostList,
  PARLEY_PUSH_HOSTS: hostList,
  PARLEY_DISK_RESERVE: diskReserve,
  PARLEY_ADAPTERS: adapters,
  LOG_LEVEL: logLevel,
});

export type SettingName = keyof typeof environment.shape;

/** Settings whose value is never printed. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set<SettingName>([
  'DATABASE_URL',
  'REDIS_URL',
  'S3_URL',
  'PARLEY_SECRET_KEY',
]);
