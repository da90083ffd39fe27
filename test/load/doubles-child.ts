import { answer } from '../bench/children.ts';
import { type Double, doubles } from './doubles.ts';
import type { Network } from './options.ts';
import type { Message, PlannedAccount, PlannedChat } from './plan.ts';
import { type Came, inTime, nowMs, readKey, stamped } from './stamps.ts';

/** The other side of all networks, in a process of its own: writes what is planned, and notes what comes. */
let servers: Record<Network, Double> | undefined;
let chats: PlannedChat[] = [];
const heard: Came[] = [];

const hear = (text: string): void => {
  const read = readKey(text);
  if (read) heard.push({ ...read, atMs: nowMs() });
};

const of = (network: Network): Double => {
  if (!servers) throw new Error('not started');
  return servers[network];
};

answer({
  start: async (people: number) => {
    const [irc, xmpp, email] = await Promise.all([
      doubles.irc(people, hear),
      doubles.xmpp(people, hear),
      doubles.email(people, hear),
    ]);
    servers = { irc, xmpp, email };
  },
  open: (account: PlannedAccount) => of(account.network).open(account),
  chats: (all: PlannedChat[]) => {
    chats = all;
    return all.map((chat) => of(chat.network).partner(chat));
  },
  /** Answers which messages nobody was there to get: they count for nothing. */
  play: async (messages: Message[], startMs: number) => {
    const missed: Message[] = [];
    await inTime(messages, startMs, (message) => {
      const chat = chats[message.chat];
      if (!chat || !of(chat.network).say(chat, stamped('in', message.chat, message.sequence))) missed.push(message);
    });
    return missed;
  },
  heard: () => heard.length,
  ledger: () => heard,
  cpuSeconds: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  stop: async () => {
    for (const double of Object.values(servers ?? {})) await double.stop();
  },
});
