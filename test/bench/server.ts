import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverEnv, serverFlags } from '../../scripts/lib/server-flags.mjs';
import { WAL_FILES } from '../../src/infra/database/embedded-wal.ts';
import { freePort } from '../support/ports.ts';
import { type ProcessMemory, processMemory, processSeconds } from './process-use.ts';

const main = path.resolve('dist/main.js');
const limits = { readyMs: 120_000, stopMs: 30_000, callMs: 30_000, onlineMs: 120_000, settledMs: 60_000 };

type Json = Record<string, unknown>;
export type Person = { token: string };

/** How whoever set it up signs in. */
export const owner = { email: 'bench@example.org', password: 'correct horse battery' };

/** The built server as `npm start` runs it, in production mode, with a data folder of its own. */
export class BenchServer {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #said = '';
  #port = 0;

  /**
   * @param env beside what every one is given, e.g. a database that others may look into
   * @param flags of its Node
   */
  constructor(
    private readonly env: NodeJS.ProcessEnv = {},
    private readonly flags: readonly string[] = [],
  ) {
    this.#folder = mkdtempSync(path.join(os.tmpdir(), 'parley-bench-'));
    // The embedded database of a server that runs as root has a user of its own, who must get in.
    chmodSync(this.#folder, 0o755);
  }

  get data(): string {
    return path.join(this.#folder, 'data');
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the server is not running');
    return pid;
  }

  /** Until its young database has done what it does after a first start. */
  async untilSettled(): Promise<void> {
    const end = performance.now() + limits.settledMs;
    const wal = path.join(this.data, 'postgres/cluster/pg_wal');
    while (readdirSync(wal).length < WAL_FILES && performance.now() < end) await sleep(200);
    await sleep(1_000);
  }

  /** Where a browser listens. */
  get streamUrl(): string {
    return `${this.url.replace('http', 'ws')}/api/v1/stream`;
  }

  /** Answers how long it took until it said that it is ready, in ms. */
  async up(): Promise<number> {
    this.#port ||= await freePort();
    this.#said = '';
    const begun = performance.now();
    const flags = (process.env.PARLEY_BENCH_NODE_FLAGS ?? '').split(' ').filter(Boolean);
    const child = spawn(process.execPath, [...serverFlags, ...this.flags, ...flags, main], {
      cwd: this.#folder,
      env: {
        ...serverEnv,
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: String(this.#port),
        PARLEY_DATA: this.data,
        LOG_LEVEL: 'warn',
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    // Who is interrupted leaves no server behind.
    const end = () => child.kill('SIGTERM');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    const ready = new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not ready: ${this.#said}`)), limits.readyMs);
      const hear = (chunk: Buffer) => {
        this.#said = (this.#said + chunk.toString()).slice(-20_000);
        if (!this.#said.includes('Parley is ready at')) return;
        clearTimeout(late);
        resolve(performance.now() - begun);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', (code) => {
        clearTimeout(late);
        reject(new Error(`the server ended with ${code}: ${this.#said}`));
      });
    });
    return ready;
  }

  /** SIGTERM; answers how long it took until the process was gone, in ms. */
  async down(): Promise<number> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return 0;
    const begun = performance.now();
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), limits.stopMs);
    await gone;
    clearTimeout(late);
    return performance.now() - begun;
  }

  /** As when the machine takes it: nothing is put away. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** What it has printed since it was last started, the end of it. */
  get said(): string {
    return this.#said;
  }

  async remove(): Promise<void> {
    await this.down();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What it has complained about since it was last started: nothing, as a rule. */
  get complaints(): string {
    return this.#said
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .join('\n');
  }

  /** The server's own memory in KiB. */
  memory(): ProcessMemory {
    return processMemory(this.pid);
  }

  /** CPU time of its process so far, of all threads. */
  cpuMs(): number {
    return processSeconds(this.pid) * 1_000;
  }

  // ------------------------------------------------------------ its API

  async call(person: Person | undefined, method: string, address: string, json?: Json): Promise<Json> {
    const answer = await fetch(`${this.url}/api/v1${address}`, {
      method,
      signal: AbortSignal.timeout(limits.callMs),
      headers: {
        ...(json && { 'content-type': 'application/json' }),
        ...(person && { authorization: `Bearer ${person.token}` }),
      },
      ...(json && { body: JSON.stringify(json) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${text.slice(0, 500)}`);
    return text === '' ? {} : JSON.parse(text);
  }

  async setUp(): Promise<Person> {
    return { token: String((await this.call(undefined, 'POST', '/setup', { ...owner, name: 'Bench' })).token) };
  }

  async addPerson(admin: Person, at: number): Promise<Person> {
    const sign = { email: `bench${at}@example.org`, password: 'correct horse battery' };
    await this.call(admin, 'POST', '/users', { ...sign, name: `Bench ${at}` });
    return this.signInAs(sign);
  }

  async signInAs(sign: { email: string; password: string }): Promise<Person> {
    return { token: String((await this.call(undefined, 'POST', '/sessions', sign)).token) };
  }

  /** Signs in to IRC; answers the account's id. */
  async signIn(person: Person, fields: Json): Promise<string> {
    return this.signInTo(person, 'irc', 'server', [{ tls: 'off', pace: 50, ...fields }]);
  }

  /** Signs in to a network with what its forms ask for, in order; answers the account's id. */
  async signInTo(person: Person, network: string, flow: string, inputs: Json[]): Promise<string> {
    const login = await this.call(person, 'POST', '/logins', { network, flow });
    type Step = { type: string; account?: { id: string } };
    let step: Step = { type: 'none' };
    for (const input of inputs)
      ({ step } = (await this.call(person, 'POST', `/logins/${login.id}`, { input })) as { step: Step });
    if (!step.account) throw new Error(`not signed in: ${JSON.stringify(step)}`);
    return step.account.id;
  }

  /** Answers the id of the chat's conversation. @param what an account, and an address or a room */
  async openChat(person: Person, what: Json): Promise<string> {
    const { conversation } = (await this.call(person, 'POST', '/chats', what)) as { conversation: { id: string } };
    return conversation.id;
  }

  async untilOnline(person: Person, account: string): Promise<void> {
    const end = performance.now() + limits.onlineMs;
    for (let state: unknown; ; await sleep(50)) {
      ({ state } = await this.call(person, 'GET', `/accounts/${account}`));
      if (JSON.stringify(state).includes('"online"')) return;
      if (performance.now() > end) throw new Error(`account ${account} is ${JSON.stringify(state)}`);
    }
  }
}
