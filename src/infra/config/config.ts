import path from 'node:path';
import type { z } from 'zod';
import { StartError } from '../start-error.js';
import type { BucketAddress } from '../storage/bucket-address.js';
import { mistakesTogether } from './combinations.js';
import { environment, type LogLevel, type Role, SECRET_SETTINGS } from './settings.js';

export type { LogLevel, Role } from './settings.js';

export type Config = {
  host: string;
  /** 0 takes a free port; the one taken is known once the server listens. */
  port: number;
  /** Absolute. Whether it can be used is found out by `openDataFolder`. */
  dataDir: string;
  /** An origin (`https://parley.example.org`), or undefined to use the address listened on. */
  publicUrl: string | undefined;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  roles: ReadonlySet<Role>;
  /** Absolute; a folder for files that all processes share. Undefined: in the data folder. */
  filesDir: string | undefined;
  /** Files are in this bucket. */
  bucket: BucketAddress | undefined;
  /** Where other processes reach this one; undefined: the address listened on. */
  nodeUrl: string | undefined;
  /** 32 bytes each; the first encrypts, all of them decrypt. Undefined: the key file of the data folder. */
  secretKeys: readonly Buffer[] | undefined;
  allowPrivateServers: boolean;
  /** Host names and addresses that webhooks may reach although they are private. */
  webhookHosts: readonly string[];
  /** Host names and addresses that images of messages may come from although they are private. */
  imageHosts: readonly string[];
  /** Host names and addresses of push services that may be private, or without TLS. */
  pushHosts: readonly string[];
  /** MiB of the data folder's disk that are kept free; 0: none. */
  diskReserve: number;
  /** npm packages to load adapters from. */
  adapters: readonly string[];
  logLevel: LogLevel;
  /** Names that look like a setting of Parley and are none, each as a line to show. */
  warnings: readonly string[];
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every mistake in the environment, one line each. */
export class ConfigError extends StartError {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/** Variables of ours that the server does not read: the tests'. */
const NOT_SETTINGS = /^PARLEY_(LAB|TEST|BENCH)/;

/**
 * Reads the server's settings; an empty variable counts as unset.
 * @throws ConfigError with a line for every mistake, never with the value of a secret
 */
export function loadConfig(env: Environment = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).flatMap(([name, text]) =>
      text === undefined || text.trim() === '' ? [] : [[name, text.trim()]],
    ),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => mistake(issue, given)));
  const settings = parsed.data;
  const together = mistakesTogether(settings);
  if (together.length > 0) throw new ConfigError(together);
  return {
    host: settings.HOST,
    port: settings.PORT,
    dataDir: path.resolve(settings.PARLEY_DATA),
    publicUrl: settings.PARLEY_PUBLIC_URL,
    databaseUrl: settings.DATABASE_URL,
    redisUrl: settings.REDIS_URL,
    roles: settings.PARLEY_ROLES,
    filesDir: settings.PARLEY_FILES,
    bucket: settings.S3_URL,
    nodeUrl: settings.PARLEY_NODE_URL,
    secretKeys: settings.PARLEY_SECRET_KEY,
    allowPrivateServers: settings.PARLEY_ALLOW_PRIVATE_SERVERS,
    webhookHosts: settings.PARLEY_WEBHOOK_HOSTS,
    imageHosts: settings.PARLEY_IMAGE_HOSTS,
    pushHosts: settings.PARLEY_PUSH_HOSTS,
    diskReserve: settings.PARLEY_DISK_RESERVE,
    adapters: settings.PARLEY_ADAPTERS,
    logLevel: settings.LOG_LEVEL,
    warnings: unknownNames(given),
  };
}

function mistake(issue: z.core.$ZodIssue, given: Environment): string {
  const name = String(issue.path[0]);
  return `${name} ${issue.message}${found(name, given[name])}`;
}

/** What was found instead, unless that would print a secret. */
function found(name: string, text: string | undefined): string {
  if (text === undefined || SECRET_SETTINGS.has(name)) return '';
  return ` (it is "${text.length > 60 ? `${text.slice(0, 60)}...` : text}")`;
}

function unknownNames(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('PARLEY_') && !(name in environment.shape) && !NOT_SETTINGS.test(name))
    .map((name) => `${name} is not a setting of Parley and has no effect`);
}
