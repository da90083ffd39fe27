import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverEnv, serverFlags } from '../../scripts/lib/server-flags.mjs';
import { type Answer, caller, tokenOf } from './caller.js';
import { freePort } from './ports.js';
import { copyPrepared } from './prepared-database.js';

/** The built server, as `npm start` runs it. `npm test` builds it first. */
const MAIN = path.resolve('dist/main.js');
/** What V8 made of the server's modules, so that not every start compiles them anew. */
const COMPILED = path.resolve('.parley/compiled');
const READY = /Parley is ready at (http:\/\/\S+)/;

export const OWNER = { email: 'owner@example.org', password: 'correct horse battery', name: 'Robin' };

/** Waits, asking again, until `check` stops throwing or answering undefined; fails with its last reason. */
export async function eventually<T>(check: () => T | undefined | Promise<T | undefined>, timeout = 20_000): Promise<T> {
  const end = performance.now() + timeout;
  for (;;) {
    try {
      const found = await check();
      if (found !== undefined && found !== false) return found;
      throw new Error(`not yet: ${check.toString().slice(0, 300)}`);
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(50);
    }
  }
}

/** A whole Parley on its embedded default, with a data folder of its own and the same port over restarts. */
export class Parley {
  #child: ChildProcess | undefined;
  #said = '';
  token: string | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly env: Record<string, string>,
    private readonly inside: readonly string[],
  ) {}

  /** In a new folder, or in this one, which is emptied and taken away at the end. */
  static async start(env: Record<string, string> = {}, folder?: string): Promise<Parley> {
    const parley = await Parley.fresh(env, folder);
    if (env.DATABASE_URL === undefined) await copyPrepared(path.join(parley.folder, 'data'));
    await parley.up();
    return parley;
  }

  /**
   * One that was never started.
   * @param inside what its command is given to, as `ip netns exec`; it is then reached at its PARLEY_NODE_URL
   */
  static async fresh(
    env: Record<string, string> = {},
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-e2e-')),
    inside: readonly string[] = [],
  ): Promise<Parley> {
    chmodSync(folder, 0o755);
    return new Parley(folder, await freePort(), env, inside);
  }

  get url(): string {
    return this.env.PARLEY_NODE_URL ?? `http://127.0.0.1:${this.port}`;
  }

  /** What it has printed since it was last started. */
  get said(): string {
    return this.#said;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async up(env: Record<string, string> = {}): Promise<void> {
    this.launch(env);
    await this.ready();
  }

  /** Starts it, and waits for nothing. */
  launch(env: Record<string, string> = {}): void {
    this.#said = '';
    const [program = '', ...args] = [...this.inside, process.execPath, ...serverFlags, MAIN];
    const child = spawn(program, args, {
      cwd: this.folder,
      env: {
        ...serverEnv,
        PATH: process.env.PATH,
        PORT: String(this.port),
        PARLEY_DATA: path.join(this.folder, 'data'),
        LOG_LEVEL: 'warn',
        NODE_COMPILE_CACHE: COMPILED,
        ...this.env,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const keep = (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-100_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  }

  /** Resolves once it has said that it is ready. */
  async ready(): Promise<void> {
    await eventually(() => {
      const ended = this.#child?.exitCode ?? null;
      if (ended !== null) throw new Error(`ended with ${ended}: ${this.#said}`);
      return READY.test(this.#said) || undefined;
    }, 60_000);
  }

  /** SIGTERM; answers the exit code. */
  async down(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.down();
    await this.up();
  }

  async remove(): Promise<void> {
    await this.down();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async setUp(): Promise<void> {
    this.token = tokenOf(await this.ok('POST', '/setup', OWNER));
  }

  call(method: string, address: string, json?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return caller(this.url)(method, address, { json, token: this.token, headers });
  }

  /** The answer of a call that must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: an outside caller sees JSON, not our types
  async ok(method: string, address: string, json?: unknown): Promise<any> {
    const answer = await this.call(method, address, json);
    if (answer.status >= 400) throw new Error(`${method} ${address}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** The id of the contact or the conversation of this name, as soon as there is one. */
  idOf(kind: 'contacts' | 'conversations', name: string): Promise<string> {
    return eventually<string>(async () => {
      const { items } = await this.ok('GET', `/${kind}?limit=200`);
      return items.find((one: { name: string }) => one.name === name)?.id;
    });
  }

  /** Signs in to a network with its form's fields; answers the account. */
  async signIn(network: string, flow: string, input: Record<string, unknown>) {
    const login = await this.ok('POST', '/logins', { network, flow });
    const { step } = await this.ok('POST', `/logins/${login.id}`, { input });
    if (step.type !== 'done') throw new Error(`not done: ${JSON.stringify(step)}`);
    return step.account;
  }

  async online(accountId: string): Promise<void> {
    let last = '';
    await eventually(async () => {
      const { state } = await this.ok('GET', `/accounts/${accountId}`);
      last = JSON.stringify(state);
      return state.is === 'online' || undefined;
    }, 30_000).catch((error) => {
      throw new Error(`account ${accountId} is ${last}`, { cause: error });
    });
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    return child.exitCode;
  }
}
