import { expect, test } from 'vitest';
import { endpoints } from './endpoints.js';
import type { Settings } from './settings.js';

const settings = (more: Partial<Settings>): Settings => ({
  ...{ jid: 'a@example.org', password: 'x', tls: 'starttls', resource: 'r', priority: 0 },
  ...{ rooms: [], listed: [], blocked: [], ...more },
});
const { signal } = new AbortController();
const none = async () => [];

test('the server a person named comes first, then DNS, then the domain itself', async () => {
  const named = await endpoints(settings({ host: 'there.example', port: 99 }), 'example.org', signal, none);
  expect(named).toEqual([{ host: 'there.example', port: 99, tls: 'starttls' }]);
  const asked: string[] = [];
  const found = await endpoints(settings({ tls: 'on' }), 'example.org', signal, async (name) => {
    asked.push(name);
    return [
      { name: 'second.example', port: 5223, priority: 20, weight: 0 },
      { name: 'light.example', port: 443, priority: 10, weight: 1 },
      { name: 'heavy.example', port: 443, priority: 10, weight: 9 },
    ];
  });
  expect(asked).toEqual(['_xmpps-client._tcp.example.org']);
  expect(found.map(({ host }) => host)).toEqual(['heavy.example', 'light.example', 'second.example']);
  expect(await endpoints(settings({}), 'example.org', signal, none)).toEqual([
    { host: 'example.org', port: 5222, tls: 'starttls' },
  ]);
});

test('a domain that says it has no such service is asked itself', async () => {
  const dot = async () => [{ name: '.', port: 0, priority: 0, weight: 0 }];
  expect(await endpoints(settings({ tls: 'on' }), 'example.org', signal, dot)).toEqual([
    { host: 'example.org', port: 5223, tls: 'on' },
  ]);
});
