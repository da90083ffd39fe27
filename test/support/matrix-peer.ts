import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Peer } from '../../src/sdk/testing/peer.js';
import { freePort } from './ports.js';

const host = '127.0.0.1';
const domain = 'peer.test';
const me = `@parley:${domain}`;
const partner = `@alice:${domain}`;

export type PeerEvent = {
  type: string;
  event_id: string;
  sender: string;
  origin_server_ts: number;
  state_key?: string;
  redacts?: string;
  content: Record<string, unknown>;
  unsigned?: Record<string, unknown>;
};
type Entry = { room: string; event: PeerEvent };
type Answer = { status?: number; body?: unknown; bytes?: Buffer };
type Call = { method: string; path: string[]; query: URLSearchParams; body: Record<string, unknown>; raw: Buffer };
type Route = [method: string, path: RegExp, run: (peer: MatrixPeer, call: Call) => Answer | Promise<Answer>];

const found = (body: unknown = {}): Answer => ({ body });
const refused = (status: number, errcode: string, error: string, more = {}): Answer => ({
  status,
  body: { errcode, error, ...more },
});
const missing = () => refused(404, 'M_NOT_FOUND', 'there is no such thing');

/**
 * A Matrix server of a few hundred lines, with one account, one partner, and what a test adds. It keeps one stream of
 * events; a sync token is a place in it. Members are told lazily, as a large room needs it.
 */
export class MatrixPeer implements Peer {
  readonly stream: Entry[] = [];
  /** What our account wrote, oldest first; not its edits. */
  readonly #written: string[] = [];
  readonly requests: string[] = [];
  readonly roomMembers = new Map<string, string[]>();
  readonly uploads = new Map<string, Buffer>();
  /** How many events a sync tells of one room. */
  window = 1_000;
  /** Does not wait for news, however long it is asked to. */
  hasty = false;
  /** Answered to sends instead of taking them. */
  refuseSends: Answer | undefined;
  readonly room = `!direct:${domain}`;
  #port = 0;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<() => void>();
  readonly #transactions = new Map<string, string>();
  readonly #accountData = new Map<string, unknown>();
  #mode: 'well' | 'garbage' | 'hang' = 'well';
  #tokens = true;
  #count = 0;

  static async start(): Promise<MatrixPeer> {
    const peer = new MatrixPeer();
    peer.#port = await freePort();
    peer.addRoom(peer.room, [partner, me]);
    peer.#accountData.set('m.direct', { [partner]: [peer.room] });
    await peer.up();
    return peer;
  }

  get url(): string {
    return `http://${host}:${this.#port}`;
  }

  readonly login = {
    flow: 'password',
    get inputs(): Record<string, unknown>[] {
      return [];
    },
  };

  get partner(): string {
    return partner;
  }

  get badInputs(): { input: Record<string, unknown>; field: string }[] {
    const good = this.login.inputs[0] ?? {};
    return [
      { input: { ...good, homeserver: 'not a server' }, field: 'homeserver' },
      { input: { ...good, username: 'two words' }, field: 'username' },
      { input: { ...good, certificate: 'none' }, field: 'certificate' },
    ];
  }

  private constructor() {
    const inputs = () => [{ homeserver: this.url, username: 'parley', password: 'parley-secret-word' }];
    Object.defineProperty(this.login, 'inputs', { get: inputs });
  }

  // ------------------------------------------------------------ what tests do to it

  addRoom(id: string, members: string[], more: { type: string; content: Record<string, unknown> }[] = []): void {
    this.roomMembers.set(id, members);
    const state = [
      ...members.slice(0, 2).map((user) => ({ type: 'm.room.member', state_key: user, content: member(user) })),
      ...more.map((one) => ({ ...one, state_key: '' })),
    ];
    for (const { type, content, state_key } of state)
      this.add(id, { type, content, state_key, sender: members[0] ?? me });
  }

  add(room: string, given: Partial<PeerEvent> & Pick<PeerEvent, 'type' | 'content' | 'sender'>): string {
    const event = { event_id: `$e${++this.#count}x${room.length}`, origin_server_ts: Date.now(), ...given };
    this.stream.push({ room, event });
    const { sender, content } = event;
    if (sender === me && content['m.new_content'] === undefined && typeof content.body === 'string')
      this.#written.push(content.body);
    for (const wake of [...this.#waiting]) wake();
    return event.event_id;
  }

  text(room: string, sender: string, body: string): string {
    return this.add(room, { type: 'm.room.message', sender, content: { msgtype: 'm.text', body } });
  }

  async say(text: string): Promise<void> {
    this.text(this.room, partner, text);
  }

  async heard(text: string, timeoutMs = 10_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (this.count(text) === 0) {
      if (Date.now() > end) throw new Error(`the partner did not read "${text}" within ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  count(text: string): number {
    return this.texts().filter((one) => one.includes(text)).length;
  }

  texts(): string[] {
    return [...this.#written];
  }

  commands(): string[] {
    return this.requests;
  }

  async cut(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
  }

  async down(): Promise<void> {
    const running = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => (running ? running.close(() => resolve()) : resolve()));
    await this.cut();
    for (const wake of [...this.#waiting]) wake();
    await closed;
  }

  async up(): Promise<void> {
    if (this.#server) return;
    const server = createServer((request, response) => void this.#serve(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      if (this.#mode === 'garbage') socket.end('\x00\x01 this is no HTTP at all \r\n\r\n'.repeat(50));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, host, () => resolve());
    });
    this.#server = server;
  }

  async refuseAuth(): Promise<void> {
    this.#tokens = false;
  }

  async garbage(): Promise<void> {
    this.#mode = 'garbage';
  }

  async hang(): Promise<void> {
    this.#mode = 'hang';
  }

  async stop(): Promise<void> {
    await this.down();
  }

  // ------------------------------------------------------------ the wire

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    for await (const chunk of request) chunks.push(chunk);
    if (this.#mode !== 'well') return;
    const raw = Buffer.concat(chunks);
    const url = new URL(request.url ?? '/', this.url);
    const method = request.method ?? 'GET';
    this.requests.push(`${method} ${url.pathname}`);
    const answer = await this.#answer(method, url, raw);
    if (response.destroyed) return;
    const { status = 200, body, bytes } = answer;
    response.writeHead(status, { 'content-type': bytes ? 'application/octet-stream' : 'application/json' });
    response.end(bytes ?? JSON.stringify(body ?? {}));
  }

  async #answer(method: string, url: URL, raw: Buffer): Promise<Answer> {
    const path = url.pathname.replace(/^\/_matrix\/(client|media)\/v\d/, '');
    if (!this.#tokens) {
      return path === '/login' ? refused(403, 'M_FORBIDDEN', 'wrong') : refused(401, 'M_UNKNOWN_TOKEN', 'signed out');
    }
    for (const [verb, pattern, run] of routes) {
      const match = verb === method ? pattern.exec(path) : null;
      if (!match) continue;
      const parts = match.slice(1).map((part) => decodeURIComponent(part));
      return run(this, { method, path: parts, query: url.searchParams, body: json(raw), raw });
    }
    return refused(404, 'M_UNRECOGNIZED', `nothing at ${path}`);
  }

  // ------------------------------------------------------------ what the routes do

  async sync(query: URLSearchParams): Promise<Answer> {
    const since = query.get('since');
    const from = since === null ? 0 : Number(since.slice(1));
    if (from >= this.stream.length && !this.hasty) await this.#news(Number(query.get('timeout') ?? 0));
    const fresh = this.stream.slice(from);
    const join: Record<string, unknown> = {};
    for (const id of new Set(fresh.map(({ room }) => room))) {
      if (this.roomMembers.get(id)?.includes(me)) join[id] = this.#joined(id, from, since === null);
    }
    const first = since === null ? [...this.#accountData].map(([type, content]) => ({ type, content })) : [];
    return found({
      next_batch: `s${from + fresh.length}`,
      rooms: { join },
      account_data: { events: first },
      device_one_time_keys_count: { signed_curve25519: 50 },
    });
  }

  #joined(id: string, from: number, initial: boolean) {
    const mine = [...this.stream.entries()].slice(from).filter(([, entry]) => entry.room === id);
    const shown = mine.slice(-Math.min(this.window, initial ? 20 : this.window));
    const senders = new Set(shown.map(([, { event }]) => event.sender));
    const state = initial ? this.#state(id, senders) : [...senders].map((user) => this.#memberEvent(id, user));
    const members = this.roomMembers.get(id) ?? [];
    return {
      summary: { 'm.heroes': members.slice(0, 5), 'm.joined_member_count': members.length },
      state: { events: state },
      timeline: {
        events: shown.map(([, { event }]) => event),
        limited: shown.length < mine.length,
        prev_batch: `s${shown[0]?.[0] ?? from}`,
      },
    };
  }

  #state(id: string, senders: ReadonlySet<string>): PeerEvent[] {
    const state = this.stream
      .filter(({ room, event }) => room === id && event.state_key === '')
      .map(({ event }) => event);
    return [...state, ...[...senders].map((user) => this.#memberEvent(id, user))];
  }

  #memberEvent(id: string, user: string): PeerEvent {
    const about = { type: 'm.room.member', state_key: user, content: member(user), sender: user, origin_server_ts: 1 };
    return { ...about, event_id: `$m${id.length}${user.replace(/\W/g, '')}` };
  }

  #news(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
    });
  }

  messages(room: string, query: URLSearchParams): Answer {
    const limit = Math.min(Number(query.get('limit') ?? 10), 1_000);
    const all = [...this.stream.entries()].filter(([, entry]) => entry.room === room);
    const place = (name: string, otherwise: number) => Number(query.get(name)?.slice(1) ?? otherwise);
    if (query.get('dir') === 'f') {
      const [from, to] = [place('from', 0), place('to', this.stream.length)];
      const chunk = all.filter(([at]) => at >= from && at < to).slice(0, limit);
      const last = chunk.at(-1)?.[0];
      return found({ chunk: chunk.map(([, { event }]) => event), ...(last !== undefined && { end: `s${last + 1}` }) });
    }
    const from = place('from', this.stream.length);
    const chunk = all
      .filter(([at]) => at < from)
      .slice(-limit)
      .reverse();
    const last = chunk.at(-1)?.[0];
    const more = last !== undefined && all.some(([at]) => at < last);
    return found({ chunk: chunk.map(([, { event }]) => event), ...(more && { end: `s${last}` }) });
  }

  send(room: string, type: string, transaction: string, content: Record<string, unknown>): Answer {
    if (this.refuseSends) return this.refuseSends;
    const known = this.#transactions.get(transaction);
    if (known !== undefined) return found({ event_id: known });
    const unsigned = { transaction_id: transaction };
    const id = this.add(room, { type, sender: me, content, unsigned });
    this.#transactions.set(transaction, id);
    return found({ event_id: id });
  }

  find(room: string, id: string): PeerEvent | undefined {
    return this.stream.find((entry) => entry.room === room && entry.event.event_id === id)?.event;
  }

  setAccountData(type: string, content: unknown): void {
    this.#accountData.set(type, content);
  }
}

const member = (user: string) => ({
  membership: 'join',
  displayname: user.slice(1, 2).toUpperCase() + user.slice(2).replace(/:.*/, ''),
});

const routes: Route[] = [
  ['GET', /^\/sync$/, (peer, { query }) => peer.sync(query)],
  ['POST', /^\/login$/, () => found({ user_id: me, access_token: 'token-of-parley', device_id: 'PEERDEVICE' })],
  ['GET', /^\/account\/whoami$/, () => found({ user_id: me, device_id: 'PEERDEVICE' })],
  ['POST', /^\/keys\/upload$/, () => found({ one_time_key_counts: { signed_curve25519: 50 } })],
  ['POST', /^\/keys\/query$/, () => found({ device_keys: {}, failures: {} })],
  ['GET', /^\/room_keys\/version$/, missing],
  ['GET', /^\/profile\/([^/]+)$/, (_, { path: [user = ''] }) => (user === partner ? found(member(user)) : missing())],
  ['PUT', /^\/presence\/([^/]+)\/status$/, () => found()],
  [
    'PUT',
    /^\/rooms\/([^/]+)\/send\/([^/]+)\/([^/]+)$/,
    (peer, { path: [room = '', type = '', txn = ''], body }) => peer.send(room, type, txn, body),
  ],
  [
    'PUT',
    /^\/rooms\/([^/]+)\/redact\/([^/]+)\/([^/]+)$/,
    (peer, { path: [room = '', target = ''] }) =>
      peer.find(room, target)
        ? found({ event_id: peer.add(room, { type: 'm.room.redaction', sender: me, redacts: target, content: {} }) })
        : missing(),
  ],
  ['PUT', /^\/rooms\/([^/]+)\/typing\/([^/]+)$/, () => found()],
  ['POST', /^\/rooms\/([^/]+)\/receipt\/m\.read\/([^/]+)$/, () => found()],
  ['GET', /^\/rooms\/([^/]+)\/messages$/, (peer, { path: [room = ''], query }) => peer.messages(room, query)],
  [
    'GET',
    /^\/rooms\/([^/]+)\/event\/([^/]+)$/,
    (peer, { path: [room = '', id = ''] }) => {
      const event = peer.find(room, id);
      return event ? found(event) : missing();
    },
  ],
  [
    'GET',
    /^\/rooms\/([^/]+)\/context\/([^/]+)$/,
    (peer, { path: [room = '', id = ''] }) => {
      const at = peer.stream.findIndex((entry) => entry.room === room && entry.event.event_id === id);
      return at === -1 ? missing() : found({ start: `s${at}`, end: `s${at + 1}` });
    },
  ],
  ['GET', /^\/rooms\/([^/]+)\/relations\/([^/]+)\/m\.annotation\/m\.reaction$/, () => found({ chunk: [] })],
  [
    'GET',
    /^\/rooms\/([^/]+)\/members$/,
    (peer, { path: [room = ''], query }) => {
      const members = query.get('membership') === 'join' ? (peer.roomMembers.get(room) ?? []) : [];
      return found({
        chunk: members.map((user) => ({ type: 'm.room.member', state_key: user, content: member(user) })),
      });
    },
  ],
  [
    'GET',
    /^\/rooms\/([^/]+)\/state\/m\.room\.power_levels\/$/,
    () => found({ users: { [partner]: 100 }, users_default: 0 }),
  ],
  [
    'POST',
    /^\/upload$/,
    (peer, { raw }) => {
      const id = `file${peer.uploads.size}`;
      peer.uploads.set(id, raw);
      return found({ content_uri: `mxc://${domain}/${id}` });
    },
  ],
  [
    'GET',
    /^\/media\/download\/([^/]+)\/([^/]+)$/,
    (peer, { path: [, id = ''] }) => {
      const bytes = peer.uploads.get(id);
      return bytes ? { bytes } : missing();
    },
  ],
];

function json(raw: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(raw.toString());
  } catch {
    return {};
  }
}
