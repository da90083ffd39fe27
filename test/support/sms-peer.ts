import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import smpp, { type PDU, type Session } from 'smpp';
import type { WebhookRequest, WebhookResponse } from '../../src/sdk/index.js';
import type { Peer } from '../../src/sdk/testing/peer.js';

export const own = '+447700900100';
export const partner = '+447700900123';
const digits = (number: string) => number.replace(/^\+/, '');
type Mode = 'well' | 'garbage' | 'hang';

/** What the partner's phone got: whole texts, put together from their parts. */
class Phone {
  readonly texts: string[] = [];
  #watchers = new Set<() => void>();

  take(text: string): void {
    this.texts.push(text);
    this.wake();
  }

  wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  count(text: string): number {
    return this.texts.filter((known) => known.includes(text)).length;
  }

  async until(fits: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!fits()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited ${timeoutMs} ms for ${what}`);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#watchers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(left, 250));
        this.#watchers.add(done);
      });
    }
  }
}

/** A listening server whose port survives `down` and `up`. */
class Listener {
  readonly sockets = new Set<Socket>();
  port = 0;
  #server: Server | HttpServer | undefined;

  constructor(private readonly create: () => Server | HttpServer) {}

  async up(): Promise<void> {
    if (this.#server) return;
    const server = this.create();
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.cut();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

type Submit = { session: Session; pdu: PDU; id: string };
type Text = { message: string; udh?: Buffer[] };

/** A scripted SMS centre: the server half of the library, with its own text coding, on a loopback socket. */
export class SmscPeer implements Peer {
  readonly partner = partner;
  readonly phone = new Phone();
  mode: Mode = 'well';
  bindStatus = 0;
  /** Statuses for the next `submit_sm`s, in order; none left means success. */
  readonly submitStatuses: number[] = [];
  /** `silent`: taken, not answered. `cut`: taken, then the connection ends. */
  submitMode: 'answer' | 'silent' | 'cut' = 'answer';
  /** Reports: none, at once after the answer, or before it. */
  reports: 'none' | 'late' | 'early' = 'none';
  /** Ids in reports are the decimal form of the hexadecimal answer. */
  decimalReports = false;
  reportState = 'DELIVRD';
  readonly submits: Submit[] = [];
  binds: PDU[] = [];
  readonly session: { current: Session | undefined } = { current: undefined };
  /** Statuses the client answered our `deliver_sm`s with. */
  readonly answers: number[] = [];
  #nextId = 0x1a2b3c;
  #parts = new Map<string, Map<number, string>>();
  readonly #listener = new Listener(() => {
    const server = smpp.createServer((session) => this.#talk(session));
    return server;
  });

  static async start(): Promise<SmscPeer> {
    const peer = new SmscPeer();
    await peer.up();
    return peer;
  }

  get port(): number {
    return this.#listener.port;
  }

  get login() {
    const input = { host: '127.0.0.1', port: String(this.port), systemId: 'parley', password: 'secret', from: own };
    return { flow: 'smpp', inputs: [input] };
  }

  get badInputs() {
    const good = this.login.inputs[0] ?? {};
    return [
      { input: { ...good, host: '' }, field: 'host' },
      { input: { ...good, host: 'smsc.test\r\nx' }, field: 'host' },
      { input: { ...good, port: 70_000 }, field: 'port' },
      { input: { ...good, systemId: 'par\0ley' }, field: 'systemId' },
      { input: { ...good, from: 'much too long a name' }, field: 'from' },
      { input: { ...good, tls: 'maybe' }, field: 'tls' },
      { input: { ...good, region: 'ZZ' }, field: 'region' },
    ];
  }

  async say(text: string): Promise<void> {
    const status = await this.deliver({ short_message: { message: text }, data_coding: gsm.test(text) ? 0 : 8 });
    if (status !== 0) throw new Error(`deliver_sm was answered with ${status}`);
  }

  /** Sends a `deliver_sm` from the partner and answers the status it was answered with. */
  async deliver(fields: Record<string, unknown>): Promise<number> {
    await this.phone.until(() => this.session.current !== undefined, 'a bound session');
    return new Promise((resolve, reject) => {
      const session = this.session.current;
      const timer = setTimeout(() => reject(new Error('deliver_sm was not answered within 10 s')), 10_000);
      const base = {
        source_addr_ton: 1,
        source_addr_npi: 1,
        source_addr: digits(partner),
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        destination_addr: digits(own),
        data_coding: 0,
      };
      session?.deliver_sm({ ...base, ...fields }, (pdu) => {
        clearTimeout(timer);
        this.answers.push(pdu.command_status);
        resolve(pdu.command_status);
      });
    });
  }

  /** A delivery report as SMPP 3.4 appendix B writes it. */
  report(id: string, state = this.reportState, error = '000'): Promise<number> {
    const shown = this.decimalReports ? String(Number.parseInt(id, 16)).padStart(10, '0') : id;
    const text = `id:${shown} sub:001 dlvrd:001 submit date:2611241200 done date:2611241201 stat:${state} err:${error} text:hello`;
    return this.deliver({ esm_class: 0x04, short_message: { message: text } });
  }

  /** Bytes as they are, on the live connection. */
  raw(bytes: Buffer): void {
    this.session.current?.socket.write(bytes);
  }

  heard(text: string, timeoutMs?: number): Promise<void> {
    return this.phone.until(() => this.count(text) > 0, `the partner to receive "${text}"`, timeoutMs);
  }

  count(text: string): number {
    return this.phone.count(text);
  }

  async cut(): Promise<void> {
    this.session.current = undefined;
    this.#listener.cut();
  }

  async down(): Promise<void> {
    this.session.current = undefined;
    await this.#listener.down();
  }

  up(): Promise<void> {
    return this.#listener.up();
  }

  async refuseAuth(): Promise<void> {
    this.bindStatus = smpp.errors.ESME_RINVPASWD ?? 14;
  }

  async garbage(): Promise<void> {
    this.mode = 'garbage';
  }

  async hang(): Promise<void> {
    this.mode = 'hang';
  }

  stop(): Promise<void> {
    return this.down();
  }

  #talk(session: Session): void {
    session.on('error', () => session.destroy());
    if (this.mode === 'hang') return;
    if (this.mode === 'garbage') {
      session.socket.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    session.on('close', () => {
      if (this.session.current === session) this.session.current = undefined;
    });
    session.on('bind_transceiver', (pdu: PDU) => {
      this.binds.push(pdu);
      session.send(pdu.response({ command_status: this.bindStatus, system_id: 'smsc' }));
      if (this.bindStatus === 0) this.session.current = session;
      this.phone.wake();
    });
    session.on('submit_sm', (pdu: PDU) => this.#onSubmit(session, pdu));
    session.on('enquire_link', (pdu: PDU) => session.send(pdu.response()));
    session.on('unbind', (pdu: PDU) => session.send(pdu.response()));
  }

  #onSubmit(session: Session, pdu: PDU): void {
    const code = this.submitStatuses.shift() ?? 0;
    if (code !== 0) return void session.send(pdu.response({ command_status: code }));
    const id = (this.#nextId++).toString(16).toUpperCase();
    this.submits.push({ session, pdu, id });
    this.#take(pdu);
    if (this.submitMode === 'silent') return;
    if (this.submitMode === 'cut') return void this.cut();
    const answer = () => session.send(pdu.response({ message_id: id }));
    const report = () => this.report(id).catch(() => {});
    if (this.reports === 'early') void report().then(answer);
    else {
      answer();
      if (this.reports === 'late') void report();
    }
  }

  #take(pdu: PDU): void {
    const { message, udh } = pdu.short_message as Text;
    const header = udh?.find((element) => element[0] === 0);
    if (!header) {
      this.phone.take(message);
      return;
    }
    const [, , ref = 0, total = 0, index = 0] = header;
    const key = `${pdu.destination_addr}/${ref}/${total}`;
    const parts = this.#parts.get(key) ?? new Map<number, string>();
    parts.set(index, message);
    this.#parts.set(key, parts);
    if (parts.size < total) return;
    this.#parts.delete(key);
    this.phone.take(
      [...parts]
        .sort(([a], [b]) => a - b)
        .map(([, text]) => text)
        .join(''),
    );
  }
}

const gsm = /^[\x20-\x5a\x5f\x61-\x7a\n]*$/;

export type Call = { method: string; url: URL; body: string; headers: Record<string, string> };

/**
 * A scripted gateway with Kannel's sendsms page, and the public side of Parley: a small server at `webhookUrl` that
 * passes each call on to the attached host, so that both directions cross a socket.
 */
export class GatewayPeer implements Peer {
  readonly partner = partner;
  readonly phone = new Phone();
  mode: Mode = 'well';
  refused = false;
  /** Answers for the next sends, in order. */
  readonly replies: { status: number; body?: string; headers?: Record<string, string> }[] = [];
  /** The send is taken and the connection ends without an answer. */
  cutAfterSend = false;
  reports: 'none' | 'late' | 'early' = 'none';
  readonly sends: Call[] = [];
  probes = 0;
  readonly token = 'a-secret-for-tests-0123';
  #host: { webhook(request: WebhookRequest): Promise<WebhookResponse> } | undefined;
  readonly #gateway = new Listener(() => this.#createGateway());
  readonly #public = new Listener(() => createHttpServer((request, response) => void this.#forward(request, response)));

  static async start(): Promise<GatewayPeer> {
    const peer = new GatewayPeer();
    await peer.#gateway.up();
    await peer.#public.up();
    return peer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#gateway.port}/cgi-bin/sendsms`;
  }

  get webhookUrl(): string {
    return `http://127.0.0.1:${this.#public.port}/hook`;
  }

  get login() {
    const input = { url: this.url, username: 'parley', password: 'secret', from: own, webhookToken: this.token };
    return { flow: 'http', inputs: [input] };
  }

  get badInputs() {
    const good = this.login.inputs[0] ?? {};
    return [
      { input: { ...good, url: '' }, field: 'url' },
      { input: { ...good, url: 'ftp://gateway.test/' }, field: 'url' },
      { input: { ...good, url: 'http://user:pw@gateway.test/' }, field: 'url' },
      { input: { ...good, username: 'a\nb' }, field: 'username' },
      { input: { ...good, from: '+1' }, field: 'from' },
      { input: { ...good, method: 'put' }, field: 'method' },
      { input: { ...good, parameters: 'to={to}' }, field: 'parameters' },
      { input: { ...good, parameters: 'to={to}&text={text}&x={secret}' }, field: 'parameters' },
      { input: { ...good, webhookToken: 'short' }, field: 'webhookToken' },
    ];
  }

  attach(host: { webhook(request: WebhookRequest): Promise<WebhookResponse> }): void {
    this.#host = host;
  }

  async say(text: string): Promise<void> {
    const answer = await this.call('/incoming', {
      from: digits(partner),
      to: digits(own),
      text,
      id: crypto.randomUUID(),
    });
    if (answer.status !== 200) throw new Error(`the webhook answered ${answer.status}`);
  }

  /** Calls the account's webhook as Kannel does; `init` overrides. */
  async call(
    path: string,
    query: Record<string, string>,
    init: RequestInit = {},
  ): Promise<{ status: number; body: string }> {
    const parameters = new URLSearchParams({ token: this.token, ...query });
    const response = await fetch(`${this.webhookUrl}${path}?${parameters}`, init);
    return { status: response.status, body: await response.text() };
  }

  /** Calls the dlr-url of a send, as Kannel does, with its escapes filled in. */
  async report(send: Call, type: number, reply = ''): Promise<number> {
    const url = send.url.searchParams.get('dlr-url') ?? '';
    const response = await fetch(url.replace('%d', String(type)).replace('%A', encodeURIComponent(reply)));
    await response.arrayBuffer();
    return response.status;
  }

  heard(text: string, timeoutMs?: number): Promise<void> {
    return this.phone.until(() => this.count(text) > 0, `the partner to receive "${text}"`, timeoutMs);
  }

  count(text: string): number {
    return this.phone.count(text);
  }

  async cut(): Promise<void> {
    this.#gateway.cut();
  }

  down(): Promise<void> {
    return this.#gateway.down();
  }

  up(): Promise<void> {
    return this.#gateway.up();
  }

  async refuseAuth(): Promise<void> {
    this.refused = true;
  }

  async garbage(): Promise<void> {
    this.mode = 'garbage';
    this.#gateway.cut();
  }

  async hang(): Promise<void> {
    this.mode = 'hang';
    this.#gateway.cut();
  }

  async stop(): Promise<void> {
    await this.#gateway.down();
    await this.#public.down();
  }

  #createGateway(): Server {
    const http = createHttpServer((request, response) => void this.#onRequest(request, response));
    return createTcpServer((socket) => {
      if (this.mode === 'well') http.emit('connection', socket);
      else if (this.mode === 'garbage') socket.end('220 mail.test ESMTP\r\n');
    });
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const body = (await readAll(request)).toString();
    if (this.refused) return void response.writeHead(403).end('Authorization failed for sendsms');
    if (request.method === 'HEAD') {
      this.probes++;
      return void response.writeHead(400).end();
    }
    const call = { method: request.method ?? '', url, body, headers: flat(request) };
    const reply = this.replies.shift();
    if (reply && reply.status >= 300) return void response.writeHead(reply.status, reply.headers).end(reply.body);
    this.sends.push(call);
    this.phone.take(url.searchParams.get('text') ?? body);
    if (this.cutAfterSend) return void request.socket.destroy();
    if (this.reports === 'early') await this.report(call, 1);
    response.writeHead(reply?.status ?? 202, reply?.headers).end(reply?.body ?? '0: Accepted for delivery');
    if (this.reports === 'late') await this.report(call, 1).catch(() => {});
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.webhookUrl);
    const answer = await this.#host?.webhook({
      method: request.method ?? 'GET',
      path: url.pathname.replace(/^\/hook/, ''),
      query: Object.fromEntries(url.searchParams),
      headers: flat(request),
      body: await readAll(request),
    });
    response.writeHead(answer?.status ?? 404, answer?.type ? { 'content-type': answer.type } : {}).end(answer?.body);
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function flat(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}
