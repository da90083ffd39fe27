import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Child } from '../bench/children.ts';
import type { ProcessMemory } from '../bench/process-use.ts';
import type { BenchServer } from '../bench/server.ts';
import type { Login } from './doubles.ts';
import { between, loopLagMs, postgresKiB, read, type Used } from './meter.ts';
import type { LoadOptions } from './options.ts';
import type { Accepted, OpenChat, Person } from './people-child.ts';
import { type Message, makePlan, type Plan } from './plan.ts';
import { type Came, keyOf, nowMs } from './stamps.ts';
import { beginStatements, type Statement, statementsOf } from './statements.ts';
import { addHistory, addUsers } from './users.ts';
import { startWorld, type World } from './world.ts';

export type Window = { user: number; reconnects: number; came: Came[] };
/** All that was seen of a run, before anything is made of it. */
export type Played = {
  options: LoadOptions;
  plan: Plan;
  /** Of the planned messages of the others, those that were written to the account. */
  written: Message[];
  accepted: Accepted[];
  refused: string[];
  stored: { key: string }[];
  wire: Came[];
  windows: Window[];
  idle: Used;
  used: Used;
  /** From the first message to the last one that came anywhere. */
  seconds: number;
  generatorSeconds: number;
  /** Of all processes together, with everything connected, before the first message and after the last. */
  memory: { before: ProcessMemory; after: ProcessMemory; postgresKiB: number };
  lagMs: number;
  complaints: string;
  statements: Statement[];
};

const limits = { onlineMs: 180_000, settleMs: 60_000, quietMs: 5_000, atOnce: 8 };
const owner = { email: 'load@example.org', password: 'correct horse battery', name: 'Load' };

/** Plays a whole run: servers of its own, the other sides and the users in processes of their own. */
export async function play(options: LoadOptions, tell: (text: string) => void): Promise<Played> {
  const plan = makePlan(options);
  const ending: (() => unknown)[] = [];
  try {
    tell('starting servers');
    const world = await startWorld(options);
    ending.push(() => world.stop());
    const doubles = new Child('../load/doubles-child.ts');
    ending.push(() => doubles.stop());
    const people = new Child('../load/people-child.ts');
    ending.push(() => people.stop());
    const sql = new pg.Client({ connectionString: world.databaseUrl });
    await sql.connect();
    ending.push(() => sql.end());
    return await new Run(options, plan, world, { doubles, people, sql }, tell).play();
  } finally {
    for (const end of ending.reverse()) await end();
  }
}

type Parts = { doubles: Child; people: Child; sql: pg.Client };

class Run {
  constructor(
    private readonly options: LoadOptions,
    private readonly plan: Plan,
    private readonly world: World,
    private readonly parts: Parts,
    private readonly tell: (text: string) => void,
  ) {}

  async play(): Promise<Played> {
    const { options, plan, world, tell } = this;
    const { doubles, people, sql } = this.parts;
    const [front] = world.fronts;
    if (!front) throw new Error('no process answers people');
    const admin = String((await front.call(undefined, 'POST', '/setup', owner)).token);
    const persons = await addUsers(sql, options.users);
    tell(`${plan.accounts.length} accounts sign in`);
    const chats = await this.#signIn(front, persons);
    await addHistory(sql, options.history);
    await people.ask(
      'start',
      world.fronts.map(({ url }) => url),
      persons,
      chats,
      plan.browsers,
    );
    await until(async () => (await people.ask('open')) === plan.browsers.length, 'all windows to be open');
    tell('idle');
    await sleep(1_000);
    const reading = () => read(world.servers, sql);
    const start = await reading();
    await sleep(options.idle * 1_000);
    const idle = between(start, await reading());
    await loopLagMs(world.servers, admin);
    const before = memoryOf(world.servers);
    const generators = async () => Number(await doubles.ask('cpuSeconds')) + Number(await people.ask('cpuSeconds'));
    tell(`playing ${plan.acts.length} acts`);
    const { written, startMs, from, generatorFrom } = await this.#play(async () => {
      if (options.statements) await beginStatements(sql);
      return { from: await reading(), generatorFrom: await generators() };
    });
    const { accepted, refused } = (await people.ask('accepted')) as { accepted: Accepted[]; refused: string[] };
    await this.#settle(written.length + accepted.length, accepted.length);
    const used = between(from, await reading());
    const statements = options.statements ? await statementsOf(sql) : [];
    const windows = (await people.ask('ledger')) as Window[];
    const wire = (await doubles.ask('ledger')) as Came[];
    const ends = [...wire, ...windows.flatMap(({ came }) => came)].map(({ atMs }) => atMs);
    const played: Played = {
      ...{ options, plan, written, accepted, refused, wire, windows, idle, used, statements },
      stored: await this.#stored(),
      seconds: (ends.reduce((most, at) => Math.max(most, at), startMs) - startMs) / 1_000,
      generatorSeconds: (await generators()) - generatorFrom,
      memory: { before, after: memoryOf(world.servers), postgresKiB: await postgresKiB(sql) },
      lagMs: await loopLagMs(world.servers, admin),
      complaints: world.servers
        .map(({ complaints }) => complaints)
        .join('')
        .slice(-5_000),
    };
    await people.ask('stop');
    return played;
  }

  /** Everybody signs in to their networks and opens their chats. */
  async #signIn(front: BenchServer, persons: Person[]): Promise<OpenChat[]> {
    const { plan, options } = this;
    const { doubles } = this.parts;
    await doubles.ask('start', options.chats);
    const addresses = (await doubles.ask('chats', plan.chats)) as string[];
    const open: OpenChat[] = plan.chats.map(({ user }) => ({ user, conversationId: '' }));
    const queue = [...plan.accounts];
    const worker = async () => {
      for (let account = queue.shift(); account !== undefined; account = queue.shift()) {
        const person = persons[account.user];
        if (!person) continue;
        const { flow, input } = (await doubles.ask('open', account)) as Login;
        const id = await patiently(() => front.signInTo(person, account.network, flow, [input]));
        await front.untilOnline(person, id);
        for (const chat of plan.chats.filter((one) => one.account === account.index)) {
          const asked = { accountId: id, address: addresses[chat.index] };
          const conversationId = await patiently(() => front.openChat(person, asked));
          const place = open[chat.index];
          if (place) place.conversationId = conversationId;
        }
      }
    };
    await Promise.all(Array.from({ length: limits.atOnce }, worker));
    return open;
  }

  /** `begin` is asked once it is warm. Answers what was written, and when what counts began. */
  async #play<T>(begin: () => Promise<T>): Promise<T & { written: Message[]; startMs: number }> {
    const { doubles, people } = this.parts;
    const { acts, warmMs } = this.plan;
    const startMs = nowMs() + 200;
    const incoming = acts.flatMap((act) => (act.kind === 'in' ? [act] : []));
    const rest = acts.filter(({ kind }) => kind !== 'in');
    const [missed, , begun] = await Promise.all([
      doubles.ask('play', incoming, startMs),
      people.ask('play', rest, startMs),
      sleep(200 + Math.max(0, warmMs - 100)).then(begin),
    ]);
    const gone = new Set((missed as Message[]).map(({ chat, sequence }) => keyOf('in', chat, sequence)));
    const written = incoming.filter(({ chat, sequence }) => !gone.has(keyOf('in', chat, sequence)));
    return { ...begun, written, startMs: startMs + warmMs };
  }

  /** Until everything is everywhere, or nothing has come for a while: what is missing then is lost. */
  async #settle(messages: number, sends: number): Promise<void> {
    const { doubles, people } = this.parts;
    const wanted = messages * this.options.browsers + sends;
    const end = performance.now() + limits.settleMs;
    let [had, since] = [-1, performance.now()];
    while (performance.now() < end) {
      const have = Number(await people.ask('shown')) + Number(await doubles.ask('heard'));
      if (have !== had) [had, since] = [have, performance.now()];
      if (have >= wanted || performance.now() - since > limits.quietMs * 3) break;
      await sleep(50);
    }
    // A moment more, for what must not come twice.
    await sleep(500);
  }

  async #stored(): Promise<{ key: string }[]> {
    const { rows } = await this.parts.sql.query<{ key: string }>(
      `SELECT substring(text from 'load:(\\d+:\\d+):') AS key FROM messages WHERE text ~ 'load:\\d+:\\d+:\\d+:' ORDER BY user_id, rev`,
    );
    return rows;
  }
}

function memoryOf(servers: BenchServer[]): ProcessMemory {
  const all = servers.map((server) => server.memory());
  const sum = (name: keyof ProcessMemory) => all.reduce((total, one) => total + one[name], 0);
  return { rssKiB: sum('rssKiB'), pssKiB: sum('pssKiB') };
}

async function until(check: () => Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + limits.onlineMs;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`waited ${limits.onlineMs} ms for ${what}`);
    await sleep(100);
  }
}

/** Where several processes share users, one that nobody holds yet is held in a moment. */
async function patiently<T>(work: () => Promise<T>, tries = 5): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (tries <= 1 || !/: 5\d\d /.test(String(error))) throw error;
    await sleep(1_000);
    return patiently(work, tries - 1);
  }
}
