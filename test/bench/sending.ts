import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from './figures.ts';
import { Load } from './load.ts';
import { nowNs } from './load-irc.ts';
import type { BenchServer, Person } from './server.ts';
import { spread } from './statistics.ts';

const perSecond = 20;
const seconds = { warmUp: 5, measured: 20 };
const people = 10;
const channels = 10;
const onWireMs = 20_000;

/** From the call that sends to the line on the network, over twenty chats in turn; and until the call is answered. */
export async function measureOutbound(server: BenchServer, person: Person): Promise<Figures['outbound']> {
  const load = await Load.start(people);
  try {
    const account = await server.signIn(person, { server: load.host, port: load.port, nick: 'sender' });
    await server.untilOnline(person, account);
    const conversations: string[] = [];
    for (let at = 0; at < people; at += 1) {
      conversations.push(await open(server, person, { accountId: account, address: `load${at}` }));
    }
    for (let at = 0; at < channels; at += 1) {
      conversations.push(await open(server, person, { accountId: account, join: `#send${at}` }));
    }
    await run(server, person, load, conversations, seconds.warmUp);
    const { answered, onWire } = await run(server, person, load, conversations, seconds.measured);
    return { perSecond, chats: conversations.length, answered: spread(answered), onWire: spread(onWire) };
  } finally {
    await load.stop();
  }
}

async function open(server: BenchServer, person: Person, what: Record<string, string>): Promise<string> {
  const { conversation } = (await server.call(person, 'POST', '/chats', what)) as { conversation: { id: string } };
  return conversation.id;
}

async function run(server: BenchServer, person: Person, load: Load, conversations: string[], duration: number) {
  const count = perSecond * duration;
  const begun: bigint[] = [];
  const answered: number[] = [];
  const calls: Promise<void>[] = [];
  load.said.length = 0;
  const start = performance.now();
  for (let at = 0; at < count; at += 1) {
    await sleep(Math.max(0, start + (at * 1_000) / perSecond - performance.now()));
    const sentNs = nowNs();
    begun.push(sentNs);
    const to = `/conversations/${conversations[at % conversations.length]}/messages`;
    calls.push(
      server
        .call(person, 'POST', to, { text: `send:${at}: how are you today?` })
        .then(() => void answered.push(Number(nowNs() - sentNs) / 1e6)),
    );
  }
  await Promise.all(calls);
  const end = performance.now() + onWireMs;
  while (load.said.length < count && performance.now() < end) await sleep(20);
  const onWire = load.said.map(({ text, atNs }) => {
    const at = Number(/^send:(\d+):/.exec(text)?.[1]);
    return Number(atNs - (begun[at] ?? 0n)) / 1e6;
  });
  if (onWire.length !== count) throw new Error(`${onWire.length} of ${count} messages came to the network`);
  return { answered, onWire };
}
