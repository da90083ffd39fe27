import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadAdapters } from '../../src/adapters/loader.js';
import { type Adapter, type Capabilities, limits } from '../../src/sdk/index.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';

/** docs/networks.md says what the adapters say of themselves, no more and no less. */
const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/networks.md'), 'utf8');
const quiet = { debug: () => {}, info: () => {}, warn: () => {} };
const { adapters, skipped } = await loadAdapters([], quiet);

/** The tables of the page as rows of cells, by the heading each stands under. */
function tables(): Map<string, string[][]> {
  const found = new Map<string, string[][]>();
  let heading = '';
  let network = '';
  for (const line of page.split('\n')) {
    const title = /^(#+) (.+)$/.exec(line);
    if (title?.[1] === '##') network = title[2] ?? '';
    if (title) heading = title[1] === '###' ? `${network}: ${title[2]}` : (title[2] ?? '');
    if (!line.startsWith('|') || /^\|[-|]+\|$/.test(line)) continue;
    const cells = line.slice(1, -1).split('|');
    found.set(heading, [...(found.get(heading) ?? []), cells.map((cell) => cell.trim())]);
  }
  return found;
}

const yes = (is: boolean) => (is ? 'yes' : 'no');

const capabilityRows: [string, (adapter: Adapter, can: Capabilities) => string][] = [
  ['Channel in routes', ({ manifest }) => manifest.channel],
  ['Longest message, characters', (_, { send }) => Math.min(send.maxLength, limits.textLength).toLocaleString('en-US')],
  ['Formatted text', (_, { send }) => send.formatting],
  ['Files', (_, { send }) => send.attachments],
  ['Replies', (_, { send }) => send.replies],
  ['A repeated send shows one message', (_, { send }) => yes(send.idempotent)],
  ['Proves at most', (_, { send }) => send.proves],
  ['Edit a sent message', (_, can) => yes(can.edits)],
  ['Delete a sent message', (_, can) => yes(can.deletions)],
  ['Send reactions', (_, can) => yes(can.reactions)],
  ['Show others that you type', (_, can) => yes(can.typing)],
  ['Send read receipts', (_, can) => yes(can.readReceipts)],
];

test('every adapter that comes with Parley loads', () => {
  expect(skipped).toEqual([]);
  expect([...adapters.keys()].sort()).toEqual(['echo', 'email', 'irc', 'sms']);
});

test('the table of what each can do is what the manifests say', () => {
  const [head = [], ...rows] = tables().get('What each can do') ?? [];
  const columns = head.slice(1).map((id) => adapters.get(id));
  expect(head.slice(1).sort()).toEqual([...adapters.keys()].sort());
  const told = capabilityRows.map(([label, tell]) => [
    label,
    ...columns.map((adapter) => adapter && tell(adapter, adapter.manifest.capabilities)),
  ]);
  expect(rows).toEqual(told);
});

test('each sign-in is there, with the fields its form asks for', async () => {
  const found = tables();
  const expected = new Map<string, string[][]>();
  for (const { manifest, login } of adapters.values()) {
    const heading = { irc: 'IRC', email: 'Email', sms: 'SMS', echo: 'Echo' }[manifest.id];
    for (const { id } of manifest.loginFlows) {
      const process = login(id, loginContext());
      const step = await process.start();
      await process.cancel();
      if (step.type !== 'form') throw new Error(`${manifest.id} ${id} begins with no form`);
      const fields = step.fields.map((field) => [
        `\`${field.name}\``,
        field.label,
        yes(field.required),
        field.default === undefined ? '' : `\`${field.default}\``,
      ]);
      expected.set(`${heading}: Sign-in \`${id}\``, [['Field', 'Label', 'Needed', 'Default'], ...fields]);
    }
  }
  const signIns = new Map([...found].filter(([heading]) => heading.includes('Sign-in')));
  expect(signIns).toEqual(expected);
});
