import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import type { WebhookRequest, WebhookResponse } from '../../src/sdk/index.js';
import type { Peer } from '../../src/sdk/testing/peer.js';
import { digits, flat, Listener, own, Phone, PublicSide, partner, readAll } from './sms-parts.js';

type Mode = 'well' | 'garbage' | 'hang';

export type Call = { method: string; url: URL; body: string; headers: Record<string, string> };

/** A scripted gateway with Kannel's sendsms page; both directions cross a socket. */
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
  readonly #gateway = new Listener(() => this.#createGateway());
  readonly #public = new PublicSide();

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
    return this.#public.url;
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
    this.#public.attach(host);
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

  texts(): string[] {
    return this.phone.texts;
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
}
