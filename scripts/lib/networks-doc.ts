import { type Adapter, type Capabilities, type FormField, limits } from '../../src/sdk/index.ts';
import { loginContext } from '../../src/sdk/testing/login-context.ts';

/** What `docs/networks.md` and the pages in `docs/networks` say in tables, taken from the manifests and the sign-in forms. */

const yes = (is: boolean) => (is ? 'yes' : 'no');

const rows: [string, (adapter: Adapter, can: Capabilities) => string][] = [
  ['Channel in routes', ({ manifest }) => manifest.channel],
  ['Longest message, characters', (_, { send }) => Math.min(send.maxLength, limits.textLength).toLocaleString('en-US')],
  ['Formatted text', (_, { send }) => send.formatting],
  ['Files', (_, { send }) => send.attachments],
  ['Replies', (_, { send }) => send.replies],
  ['Begin threads', (_, { send }) => (send.threads ? 'yes' : 'no')],
  ['Buttons', (_, { send }) => send.buttons ?? 'fallback'],
  ['A repeated send shows one message', (_, { send }) => yes(send.idempotent)],
  ['Proves at most', (_, { send }) => send.proves],
  ['Edit a sent message', (_, can) => yes(can.edits)],
  ['Delete a sent message', (_, can) => yes(can.deletions)],
  ['Send reactions', (_, can) => yes(can.reactions)],
  ['Show others that you type', (_, can) => yes(can.typing)],
  ['Send read receipts', (_, can) => yes(can.readReceipts)],
  ['See who is online', (_, can) => yes(can.presence)],
  ['Fetch older messages', (_, can) => yes(can.history)],
  ['List the members', (_, can) => yes(can.members)],
  ['Invite people', (_, can) => yes(can.invites)],
  ['Change the topic', (_, can) => yes(can.topic)],
];

const tableOf = (cells: string[][]): string => {
  const [head = [], ...rest] = cells;
  const line = (row: string[]) => `| ${row.join(' | ')} |`.replaceAll('|  |', '| |');
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rest.map(line)].join('\n');
};

/** Where rooms differ from a usual chat, both are told. */
function cell(tell: (typeof rows)[number][1], adapter: Adapter): string {
  const { capabilities, roomCapabilities = capabilities } = adapter.manifest;
  const [usual, room] = [tell(adapter, capabilities), tell(adapter, roomCapabilities)];
  return usual === room ? usual : `${usual}; rooms: ${room}`;
}

export function capabilityTable(adapters: readonly Adapter[]): string {
  const told = rows.map(([label, tell]) => [label, ...adapters.map((adapter) => cell(tell, adapter))]);
  return tableOf([['', ...adapters.map(({ manifest }) => manifest.id)], ...told]);
}

const fieldRow = (field: FormField) => [
  `\`${field.name}\``,
  field.label,
  yes(field.required),
  field.default === undefined ? '' : `\`${field.default}\``,
];

/** The table of each flow's first form, by flow. */
export async function signInTables(adapter: Adapter): Promise<Map<string, string>> {
  const tables = new Map<string, string>();
  for (const { id } of adapter.manifest.loginFlows) {
    const process = adapter.login(id, loginContext());
    const step = await process.start();
    await process.cancel();
    if (step.type !== 'form') throw new Error(`${adapter.manifest.id} ${id} begins with no form`);
    tables.set(id, tableOf([['Field', 'Label', 'Needed', 'Default'], ...step.fields.map(fieldRow)]));
  }
  return tables;
}

/** The page with `table` in place of the table below `heading`; the heading is added at the end where it is missing. */
export function withTable(page: string, heading: string, table: string): string {
  const lines = page.trimEnd().split('\n');
  const at = lines.indexOf(heading);
  if (at === -1) return `${lines.join('\n')}\n\n${heading}\n\n${table}\n`;
  const next = lines.findIndex((line, index) => index > at && line.startsWith('#'));
  const end = next === -1 ? lines.length : next;
  const first = lines.findIndex((line, index) => index > at && index < end && line.startsWith('|'));
  if (first === -1) lines.splice(at + 1, 0, '', table);
  else {
    const after = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
    lines.splice(first, (after === -1 ? lines.length : after) - first, ...table.split('\n'));
  }
  return `${lines.join('\n')}\n`;
}

/** A page of `docs` with the tables it has to have. */
export async function tabled(page: string, adapters: readonly Adapter[], network?: Adapter): Promise<string> {
  if (!network) return withTable(page, '## What each can do', capabilityTable(adapters));
  let text = page;
  for (const [flow, table] of await signInTables(network)) text = withTable(text, `## Sign-in \`${flow}\``, table);
  return text;
}

/** In the order of the documentation: people's networks first, the practice network last. */
export function inOrder(adapters: Iterable<Adapter>): Adapter[] {
  const order = ['matrix', 'xmpp', 'telegram', 'irc', 'email', 'sms', 'echo'];
  return [...adapters].sort((a, b) => order.indexOf(a.manifest.id) - order.indexOf(b.manifest.id));
}
