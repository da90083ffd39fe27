import { type DestinationStream, pino } from 'pino';
import type { Log } from '../../core/log.js';
import type { LogLevel } from '../config/config.js';

/** The log of the core, and `error` for what ends a job or the process; `child` adds fields to every line. */
export interface Logger extends Log {
  error(message: string, fields?: Record<string, unknown>): void;
  child(fields: Record<string, unknown>): Logger;
}

export type LoggerOptions = {
  level: LogLevel;
  /** Where lines go: standard output by default. */
  destination?: DestinationStream;
  /** Lines for people instead of JSON; by default where standard output is a terminal. */
  readable?: boolean;
};

/** Names whose value is a secret, wherever they stand in a line's fields up to two levels down. */
const SECRET_NAMES = [
  'password',
  'secret',
  'token',
  'session',
  'cookie',
  'authorization',
  'apiKey',
  'secretKey',
  'accessToken',
  'refreshToken',
  'databaseUrl',
  'redisUrl',
  'DATABASE_URL',
  'REDIS_URL',
  'PARLEY_SECRET_KEY',
];
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
/** The password inside an address, as drivers like to print it: `postgresql://user:password@host`. */
const CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@]*@/gi;

export function createLogger({ level, destination, readable = process.stdout.isTTY }: LoggerOptions): Logger {
  const target = destination ?? process.stdout;
  const base = pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[secret]' },
    },
    // Credentials are cut from the finished line, so that no field, message or stack can carry them out.
    { write: (line) => target.write(cleaned(readable ? forPeople(line) : line)) },
  );
  return wrap(base);
}

function cleaned(line: string): string {
  return line.includes('://') ? line.replace(CREDENTIALS, '$1:[secret]@') : line;
}

function wrap(base: pino.Logger): Logger {
  return {
    debug: (message, fields) => base.debug(withErrors(fields), message),
    info: (message, fields) => base.info(withErrors(fields), message),
    warn: (message, fields) => base.warn(withErrors(fields), message),
    error: (message, fields) => base.error(withErrors(fields), message),
    child: (fields) => wrap(base.child(fields)),
  };
}

/** An Error in a field would print as `{}`. */
function withErrors(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? pino.stdSerializers.err(value) : value,
    ]),
  );
}

function forPeople(line: string): string {
  const { time, level, msg, ...fields }: Record<string, unknown> = JSON.parse(line);
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${[String(time).slice(11, 19), String(level).padEnd(5), String(msg), ...rest].join(' ')}\n`;
}
