import type { Peer } from '../../src/sdk/testing/peer.js';
import type { MatrixUser, SynapseLab } from '../lab/types.js';
import { Forwarder } from './forwarder.js';

let peers = 0;

/** A Matrix user by plain requests: what a test needs to say and to see at the server, with nothing in between. */
export class RawUser {
  readonly events: { room: string; type: string; sender: string; content: Record<string, unknown> }[] = [];
  readonly #abort = new AbortController();
  #since: string | undefined;

  constructor(
    private readonly lab: SynapseLab,
    readonly user: MatrixUser,
  ) {}

  async ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.lab.url}/_matrix/client/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${this.user.token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(30_000)]),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text);
  }

  async send(room: string, body: string, more: Record<string, unknown> = {}): Promise<string> {
    const path = `/rooms/${encodeURIComponent(room)}/send/m.room.message/${crypto.randomUUID()}`;
    const { event_id: id } = await this.ask('PUT', path, { msgtype: 'm.text', body, ...more });
    return String(id);
  }

  /** Reads what is new until `stop`. */
  async listen(): Promise<void> {
    await this.#round(0);
    void (async () => {
      while (!this.#abort.signal.aborted) await this.#round(10_000).catch(() => {});
    })();
  }

  stop(): void {
    this.#abort.abort();
  }

  async #round(timeout: number): Promise<void> {
    const filter = JSON.stringify({ presence: { types: [] }, room: { timeline: { limit: 1000 } } });
    const query = new URLSearchParams({ timeout: String(timeout), filter, ...(this.#since && { since: this.#since }) });
    const answer = await this.ask('GET', `/sync?${query}`);
    this.#since = String(answer.next_batch);
    const { join = {} } = (answer.rooms ?? {}) as {
      join?: Record<string, { timeline: { events: RawUser['events'] } }>;
    };
    for (const [room, { timeline }] of Object.entries(join)) {
      for (const event of timeline.events) this.events.push({ ...event, room });
    }
  }
}

/**
 * Synapse as the conformance suite sees it: two new users with a direct chat. Our account comes through a forwarder of its
 * own, so that its connections can be cut and refused while the server goes on.
 */
export class MatrixLabPeer implements Peer {
  private constructor(
    private readonly forwarder: Forwarder,
    private readonly account: MatrixUser,
    private readonly person: RawUser,
    private readonly room: string,
  ) {}

  static async start(lab: SynapseLab): Promise<MatrixLabPeer> {
    const unique = `${process.pid % 1000}x${++peers}`;
    const account = await lab.addUser(`me${unique}`);
    const person = new RawUser(lab, await lab.addUser(`ali${unique}`));
    const me = new RawUser(lab, account);
    const invite = { preset: 'trusted_private_chat', is_direct: true, invite: [account.id] };
    const { room_id: id } = await person.ask('POST', '/createRoom', invite);
    const room = String(id);
    await me.ask('POST', `/join/${encodeURIComponent(room)}`, {});
    await me.ask('PUT', `/user/${account.id}/account_data/m.direct`, { [person.user.id]: [room] });
    await person.listen();
    const forwarder = await Forwarder.start(lab.port);
    return new MatrixLabPeer(forwarder, account, person, room);
  }

  get login(): { flow: string; inputs: Record<string, unknown>[] } {
    const homeserver = `http://127.0.0.1:${this.forwarder.port}`;
    return { flow: 'password', inputs: [{ homeserver, username: this.account.id, password: this.account.password }] };
  }

  get badInputs(): { input: Record<string, unknown>; field: string }[] {
    const good = this.login.inputs[0] ?? {};
    return [
      { input: { ...good, homeserver: 'not a server' }, field: 'homeserver' },
      { input: { ...good, username: 'two words' }, field: 'username' },
    ];
  }

  get partner(): string {
    return this.person.user.id;
  }

  async say(text: string): Promise<void> {
    await this.person.send(this.room, text);
  }

  async heard(text: string, timeoutMs = 10_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (this.count(text) === 0) {
      if (Date.now() > end) throw new Error(`the partner did not read "${text}" within ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  count(text: string): number {
    return this.texts().filter((one) => one.includes(text)).length;
  }

  texts(): string[] {
    return this.person.events.flatMap(({ sender, content }) => {
      const isEdit = content['m.new_content'] !== undefined;
      return sender === this.account.id && !isEdit && typeof content.body === 'string' ? [content.body] : [];
    });
  }

  async cut(): Promise<void> {
    this.forwarder.cut();
  }

  down(): Promise<void> {
    return this.forwarder.down();
  }

  up(): Promise<void> {
    return this.forwarder.up();
  }

  async stop(): Promise<void> {
    this.person.stop();
    await this.forwarder.down();
  }
}
