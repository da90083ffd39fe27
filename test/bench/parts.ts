import { broadcast } from './broadcast.ts';
import { browsers } from './browsers.ts';
import { web } from './bundle.ts';
import { client } from './client.ts';
import { crash } from './crash.ts';
import { fairness } from './fairness.ts';
import { memory } from './memory.ts';
import { netsplit } from './netsplit.ts';
import { networks } from './networks.ts';
import type { Part } from './part.ts';
import { peers } from './peers.ts';
import { outbound } from './sending.ts';
import { start } from './start.ts';
import { sustained } from './sustained.ts';
import { inbound } from './throughput.ts';

/** All parts of the benchmark, in the order of their tables. */
export const parts: readonly Part[] = [
  inbound,
  browsers,
  sustained,
  outbound,
  fairness,
  networks,
  crash,
  memory,
  netsplit,
  start,
  web,
  peers,
  broadcast,
  client,
];
