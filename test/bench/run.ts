import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { guarded } from '../../scripts/lib/guard.mjs';
import { prepare } from '../../scripts/lib/prepare.mjs';
import { measureBroadcast } from './broadcast.ts';
import { measureBundle } from './bundle.ts';
import { measureClient } from './client.ts';
import { clientMissed, clientTable, writeClient } from './client-report.ts';
import type { BroadcastFigures, ClientFigures, Figures } from './figures.ts';
import { measureMemory } from './memory.ts';
import { measureNetworks } from './networks.ts';
import { compare, conditions, linesOf, table, write } from './report.ts';
import { measureOutbound } from './sending.ts';
import { BenchServer } from './server.ts';
import { measureStart } from './start.ts';
import { measureInbound } from './throughput.ts';

/**
 * `npm run bench`: builds what is stale, measures, prints a table and writes it into docs/benchmarks.md.
 * `npm run bench -- --check` writes nothing, compares with the committed figures and fails where something got worse.
 * Names of parts (inbound outbound networks memory start web) measure only those and print what they found. `broadcast`
 * and `client` (the web client in a browser) are measured only where they are named.
 */
const parts = ['inbound', 'outbound', 'networks', 'memory', 'start', 'web', 'broadcast', 'client'] as const;
/** They take minutes, and are measured only where they are named. */
const long: readonly string[] = ['broadcast', 'client'];
type Part = (typeof parts)[number];
const traffic: Part[] = ['inbound', 'outbound', 'networks', 'broadcast'];

const root = fileURLToPath(new URL('../..', import.meta.url));
const asked = process.argv.slice(2);
const check = asked.includes('--check');
const named = asked.filter((word) => word !== '--check');
const unknown = named.filter((word) => !parts.some((part) => part === word));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. The parts are: ${parts.join(', ')}.`);
  process.exit(2);
}

process.chdir(root);
await guarded(async () => {
  await prepare(root);
  const begun = { date: new Date().toISOString().slice(0, 10), loadBefore: loadNow() };
  const figures = await measure(
    parts.filter((part) => (named.length === 0 ? !long.includes(part) : named.includes(part))),
  );
  if (figures.client) {
    const at = { ...begun, loadAfter: loadNow() };
    console.log(`\n${clientTable(figures.client)}\n`);
    if (check) process.exitCode = clientMissed(figures.client) ? 1 : process.exitCode;
    else writeClient(figures.client, at);
    if (named.length === 1) return;
  }
  if (!isWhole(figures)) return console.log(JSON.stringify(figures, undefined, 2));
  const at = { ...begun, loadAfter: loadNow() };
  console.log(`\n${conditions(at)}\n\n${table(linesOf(figures))}\n`);
  const compared = compare(figures);
  for (const { what, before, now, allowed, worse } of compared) {
    const verdict = worse ? `WORSE than ${allowed}×` : 'ok';
    console.log(`${what.padEnd(40)} ${before.toFixed(1)} before, ${now.toFixed(1)} now  ${verdict}`);
  }
  if (!check) write(figures, at);
  else if (compared.length === 0 || compared.some(({ worse }) => worse)) process.exitCode = 1;
});

async function measure(wanted: Part[]): Promise<Measured> {
  const figures: Measured = {};
  if (wanted.includes('web')) figures.web = measureBundle();
  if (wanted.includes('start')) {
    tell('starting and stopping');
    figures.start = await measureStart();
  }
  if (traffic.some((part) => wanted.includes(part))) Object.assign(figures, await measureTraffic(wanted));
  if (wanted.includes('memory')) {
    tell('memory of connected accounts');
    figures.memory = await measureMemory(tell);
  }
  if (wanted.includes('client')) figures.client = await measureClient(tell);
  return figures;
}

type Measured = Partial<Figures> & { broadcast?: BroadcastFigures; client?: ClientFigures };

async function measureTraffic(wanted: Part[]): Promise<Measured> {
  const server = new BenchServer();
  try {
    await server.up();
    const person = await server.setUp();
    const figures: Measured = wanted.includes('inbound') ? await measureInbound(server, person, tell) : {};
    if (wanted.includes('outbound')) {
      tell('sending');
      figures.outbound = await measureOutbound(server, person);
    }
    if (wanted.includes('networks')) figures.networks = await measureNetworks(server, person, tell);
    if (wanted.includes('broadcast')) figures.broadcast = await measureBroadcast(server, person, tell);
    return figures;
  } finally {
    if (server.complaints !== '') console.log(`the server said:\n${server.complaints}`);
    await server.remove();
  }
}

function isWhole(figures: Partial<Figures>): figures is Figures {
  const { inbound, outbound, networks, memory, start, web } = figures;
  return [inbound, outbound, networks, memory, start, web].every((part) => part !== undefined);
}

function tell(text: string): void {
  console.log(`${text.padEnd(44)} load ${loadNow().toFixed(1)}`);
}

/** The load average of the last minute. */
function loadNow(): number {
  return os.loadavg()[0] ?? 0;
}
