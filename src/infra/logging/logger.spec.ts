import { expect, test } from 'vitest';
import { createLogger, type LoggerOptions } from './logger.js';

function capture(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    readable: false,
    destination: { write: (line) => lines.push(line) },
    ...options,
  });
  return { log, lines };
}

test('secrets leave the process under none of their names, nor inside an address', () => {
  const { log, lines } = capture();
  log.child({ token: 'hush-1' }).info('signed in', {
    password: 'hush-2',
    account: { session: 'hush-3', options: { authorization: 'hush-4' } },
    cause: new Error('connect postgresql://parley:hush-5@db:5432/parley failed'),
  });
  log.warn('no answer from redis://:hush-6@cache:6379');
  expect(lines.join('')).not.toContain('hush');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', msg: 'signed in', cause: { type: 'Error' } });
  expect(lines[1]).toContain('redis://:[secret]@cache:6379');
});

test('lines below the level are not written; a readable line holds time, level, message and fields', () => {
  const { log, lines } = capture({ level: 'warn', readable: true });
  log.info('unheard');
  log.warn('slow', { ms: 250, account: 'a1' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}slow ms=250 account=a1\n$/);
});
