import { WebSocket } from 'ws';
import { type Answer, caller, tokenOf } from './caller.js';
import { eventually, OWNER, type Parley } from './parley.js';

export type SeenMessage = {
  id: string;
  text: string;
  direction: 'in' | 'out';
  conversationId: string;
  chatId: string;
  accountId: string;
  sender: { name: string };
};

/** One of several people who use the same Parley: what they see, by every way there is to see it. */
export class Resident {
  readonly frames: string[] = [];
  #socket: WebSocket | undefined;

  private constructor(
    readonly name: string,
    private readonly parley: Parley,
    readonly token: string,
  ) {}

  /** The first is the admin and sets Parley up; the others are made by the admin. */
  static async first(parley: Parley): Promise<Resident> {
    await parley.setUp();
    return new Resident(OWNER.name, parley, parley.token ?? '');
  }

  static async another(parley: Parley, name: string): Promise<Resident> {
    const person = { email: `${name.toLowerCase()}@example.org`, password: 'correct horse battery', name };
    await parley.ok('POST', '/users', person);
    const { email, password } = person;
    const session = await caller(parley.url)('POST', '/sessions', { json: { email, password } });
    return new Resident(name, parley, tokenOf(session.json));
  }

  call(method: string, address: string, json?: unknown): Promise<Answer> {
    return caller(this.parley.url)(method, address, { token: this.token, ...(json === undefined ? {} : { json }) });
  }

  // biome-ignore lint/suspicious/noExplicitAny: an outside caller sees JSON, not our types
  async ok(method: string, address: string, json?: unknown): Promise<any> {
    const answer = await this.call(method, address, json);
    if (answer.status >= 400) throw new Error(`${this.name}: ${method} ${address}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  async signIn(network: string, flow: string, input: Record<string, unknown>): Promise<{ id: string }> {
    const login = await this.ok('POST', '/logins', { network, flow });
    const { step } = await this.ok('POST', `/logins/${login.id}`, { input });
    if (step.type !== 'done') throw new Error(`not done: ${JSON.stringify(step)}`);
    return step.account;
  }

  async online(accountId: string): Promise<void> {
    await eventually(
      async () => (await this.ok('GET', `/accounts/${accountId}`)).state.is === 'online' || undefined,
      60_000,
    );
  }

  /** Keeps every frame of the stream from now on. */
  listen(): Promise<void> {
    this.#socket = new WebSocket(`${this.parley.url.replace('http', 'ws')}/api/v1/stream`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    this.#socket.on('message', (frame) => void this.frames.push(String(frame)));
    this.#socket.on('error', () => {});
    return new Promise((resolve) => this.#socket?.once('open', () => resolve()));
  }

  deafen(): void {
    this.#socket?.terminate();
  }

  /** Every message of the person, by all conversations and pages. */
  async messages(): Promise<SeenMessage[]> {
    const all: SeenMessage[] = [];
    for (const { id } of (await this.ok('GET', '/conversations?limit=100')).items)
      all.push(...(await this.ok('GET', `/conversations/${id}/messages?limit=200`)).items);
    return all;
  }

  async untilSees(text: string, timeoutMs = 30_000): Promise<SeenMessage> {
    return eventually(async () => (await this.messages()).find((message) => message.text.includes(text)), timeoutMs);
  }

  /** Everything that the person can read at all, as one text: lists, search, sync and stream. */
  async everything(word: string): Promise<string> {
    const parts = [
      await this.messages(),
      (await this.ok('GET', `/search?q=${encodeURIComponent(word)}`)).items,
      (await this.ok('GET', '/contacts?limit=200')).items,
      (await this.ok('GET', '/accounts')).items,
      await this.#synced(),
      this.frames,
    ];
    return JSON.stringify(parts);
  }

  async #synced(): Promise<unknown[]> {
    const changes: unknown[] = [];
    for (let since = 0; ; ) {
      const page = await this.ok('GET', `/sync?since=${since}&limit=500`);
      changes.push(...page.changes);
      if (!page.more) return changes;
      since = page.rev;
    }
  }
}
