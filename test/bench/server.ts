import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/ports.ts';

const main = path.resolve('dist/main.js');
const limits = { readyMs: 120_000, stopMs: 30_000, callMs: 30_000, onlineMs: 120_000 };

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

  /** @param env beside what every one is given, e.g. a database that others may look into */
  constructor(private readonly env: NodeJS.ProcessEnv = {}) {
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

  /** Answers how long it took until it said that it is ready, in ms. */
  async up(): Promise<number> {
    this.#port ||= await freePort();
    this.#said = '';
    const begun = performance.now();
    const flags = (process.env.PARLEY_BENCH_NODE_FLAGS ?? '').split(' ').filter(Boolean);
    const child = spawn(process.execPath, ['--enable-source-maps', ...flags, main], {
      cwd: this.#folder,
      env: {
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

  /** The server's own memory in KiB: resident, and its proportional share where the system tells. */
  memory(): { rssKiB: number; pssKiB: number } {
    const pid = this.#child?.pid;
    const read = (file: string, name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1]);
    return { rssKiB: read('status', 'VmRSS'), pssKiB: read('smaps_rollup', 'Pss') };
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

  async untilOnline(person: Person, account: string): Promise<void> {
    const end = performance.now() + limits.onlineMs;
    for (let state: unknown; ; await sleep(50)) {
      ({ state } = await this.call(person, 'GET', `/accounts/${account}`));
      if (JSON.stringify(state).includes('"online"')) return;
      if (performance.now() > end) throw new Error(`account ${account} is ${JSON.stringify(state)}`);
    }
  }
}
