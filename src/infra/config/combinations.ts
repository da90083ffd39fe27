import type { z } from 'zod';
import type { environment } from './settings.js';

type Settings = z.output<typeof environment>;

const ALL_ROLES = 3;

/** What cannot work together, a line each. A process that does only a part of the work cannot be the only one. */
export function mistakesTogether(settings: Settings): string[] {
  if (settings.PARLEY_ROLES.size === ALL_ROLES) return [];
  const needs: [wanted: boolean, why: string][] = [
    [settings.DATABASE_URL !== undefined, 'DATABASE_URL: the processes share a database'],
    [settings.REDIS_URL !== undefined, 'REDIS_URL: the processes tell each other by Redis what is new'],
    [settings.PARLEY_SECRET_KEY !== undefined, 'PARLEY_SECRET_KEY: the processes share a key'],
    [settings.PARLEY_PUBLIC_URL !== undefined, 'PARLEY_PUBLIC_URL: people reach all of them at one address'],
    [
      settings.PARLEY_FILES !== undefined || settings.S3_URL !== undefined,
      'PARLEY_FILES or S3_URL: the processes share a folder or a bucket for files',
    ],
  ];
  return needs
    .filter(([given]) => !given)
    .map(([, why]) => `PARLEY_ROLES other than "all" means several processes, which needs ${why}`);
}
