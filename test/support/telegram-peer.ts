import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import type { WebhookRequest, WebhookResponse } from '../../src/sdk/index.js';
import type { Peer } from '../../src/sdk/testing/peer.js';
import { Listener, PublicSide, readAll } from './sms-parts.js';
import { alice, bot, type Params, Refused, TelegramWorld, type Uploaded } from './telegram-world.js';

type Mode = 'well' | 'garbage' | 'hang';
type Reply = { method?: string; status: number; body: string };

/** A scripted Bot API server on a loopback socket, with a person, a group and a forum behind it. */
export class TelegramPeer implements Peer {
  readonly world = new TelegramWorld();
  readonly partner = String(alice.id);
  readonly token = `${bot.id}:a-token-for-tests_0123456789`;
  mode: Mode = 'well';
  refused = false;
  /** Another program asks for the same bot's updates. */
  rival = false;
  /** The method is done and the connection ends without an answer. */
  cutAfter: string | undefined;
  /** Answers instead of the usual, for the next calls (of a method, if it is named), in order. */
  readonly replies: Reply[] = [];
  /** Every method called, with what it was given. */
  readonly calls: { method: string; params: Params }[] = [];
  readonly updates: Record<string, unknown>[] = [];
  webhook: { url: string; secret: string } | undefined;
  nextUpdate = 5_000;
  #watchers = new Set<() => void>();
  readonly #server = new Listener(() => this.#create());
  readonly #public = new PublicSide();
  #pushing: Promise<void> = Promise.resolve();
  #stopped = false;

  private constructor(private readonly flowMode: 'polling' | 'webhook') {
    this.world.onPost = () => this.#wake();
  }

  static async start(mode: 'polling' | 'webhook' = 'polling'): Promise<TelegramPeer> {
    const peer = new TelegramPeer(mode);
    await peer.#server.up();
    await peer.#public.up();
    return peer;
  }

  get root(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  get webhookUrl(): string {
    return this.#public.url;
  }

  get login() {
    return { flow: 'bot', inputs: [{ token: this.token, apiRoot: this.root, mode: this.flowMode }] };
  }

  get badInputs() {
    const good = this.login.inputs[0] ?? {};
    return [
      { input: { ...good, token: '' }, field: 'token' },
      { input: { ...good, token: 'no token' }, field: 'token' },
      { input: { ...good, token: `${this.token}\r\nx` }, field: 'token' },
      { input: { ...good, apiRoot: 'ftp://telegram.test' }, field: 'apiRoot' },
      { input: { ...good, apiRoot: 'https://a:b@telegram.test' }, field: 'apiRoot' },
      { input: { ...good, mode: 'pigeon' }, field: 'mode' },
    ];
  }

  attach(host: { webhook(request: WebhookRequest): Promise<WebhookResponse> }): void {
    this.#public.attach(host);
  }

  async say(text: string): Promise<void> {
    this.push({ message: this.message({ text }) });
  }

  /** A message of Alice's in the chat with the bot; `more` overrides. */
  message(more: Record<string, unknown>): Record<string, unknown> {
    const date = Math.floor(Date.now() / 1_000);
    return { message_id: this.world.nextMessageId(), from: alice, chat: { ...alice, type: 'private' }, date, ...more };
  }

  /** Puts an update in the queue, or calls the webhook until it takes it; answers the update's number. */
  push(update: Record<string, unknown>): number {
    const whole = { update_id: this.nextUpdate++, ...update };
    this.updates.push(whole);
    this.#wake();
    if (this.webhook) this.#pushing = this.#pushing.then(() => this.#callWebhook());
    return Number(whole.update_id);
  }

  heard(text: string, timeoutMs = 10_000): Promise<void> {
    return this.until(() => this.count(text) > 0, `"${text}"`, timeoutMs);
  }

  count(text: string): number {
    return this.texts().filter((known) => known.includes(text)).length;
  }

  texts(): string[] {
    return this.world.posted.filter(({ chat }) => chat === alice.id).map((message) => message.text);
  }

  commands(): string[] {
    return this.calls.map(({ method }) => method);
  }

  called(method: string): Params[] {
    return this.calls.filter((call) => call.method === method).map(({ params }) => params);
  }

  async cut(): Promise<void> {
    this.#server.cut();
  }

  async down(): Promise<void> {
    await this.#server.down();
  }

  async up(): Promise<void> {
    await this.#server.up();
    if (this.webhook) this.#pushing = this.#pushing.then(() => this.#callWebhook());
  }

  async refuseAuth(): Promise<void> {
    this.refused = true;
  }

  async garbage(): Promise<void> {
    this.mode = 'garbage';
  }

  async hang(): Promise<void> {
    this.mode = 'hang';
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#server.down();
    await this.#public.down();
    await this.#pushing;
  }

  async until(fits: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!fits()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited ${timeoutMs} ms for ${what}`);
      await this.#change(Math.min(left, 250));
    }
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#watchers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#watchers.add(done);
    });
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #create(): Server {
    const http = createHttpServer((request, response) => void this.#onRequest(request, response));
    return createTcpServer((socket) => {
      if (this.mode === 'well') http.emit('connection', socket);
      else if (this.mode === 'garbage') socket.end('220 mail.test ESMTP\r\n');
    });
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request).catch(() => undefined);
    if (!body) return;
    const url = new URL(request.url ?? '/', this.root);
    const [, start = '', token = '', rest = ''] = /^\/(bot|file\/bot)([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
    const answer = (status: number, json: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    if (this.refused || token !== this.token)
      return void answer(401, { ok: false, error_code: 401, description: 'Unauthorized' });
    if (start === 'file/bot') {
      const file = [...this.world.files.values()].find(({ path }) => path === decodeURIComponent(rest));
      return void response.writeHead(file ? 200 : 404).end(file?.bytes);
    }
    const params = await readParams(request, body);
    this.calls.push({ method: rest, params });
    const scripted = this.replies.findIndex(({ method }) => method === undefined || method === rest);
    const [reply] = scripted < 0 ? [] : this.replies.splice(scripted, 1);
    if (reply) return void response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
    try {
      const result = await this.#call(rest, params, response);
      if (this.cutAfter === rest) return void request.socket.destroy();
      answer(200, { ok: true, result });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { code, message, parameters } = error;
      answer(code, { ok: false, error_code: code, description: message, ...(parameters ? { parameters } : {}) });
    }
  }

  #call(method: string, params: Params, response: ServerResponse): unknown {
    switch (method) {
      case 'getUpdates':
        return this.#getUpdates(params, response);
      case 'setWebhook':
        this.webhook = { url: String(params.url), secret: String(params.secret_token ?? '') };
        this.#pushing = this.#pushing.then(() => this.#callWebhook());
        return true;
      case 'deleteWebhook':
        this.webhook = undefined;
        return true;
      case 'getWebhookInfo':
        return {
          url: this.webhook?.url ?? '',
          has_custom_certificate: false,
          pending_update_count: this.updates.length,
        };
    }
    const known = this.world.methods[method];
    if (!known) throw new Refused(404, 'Not Found: method not found');
    return known(params);
  }

  async #getUpdates(params: Params, response: ServerResponse): Promise<unknown> {
    if (this.webhook) throw new Refused(409, "Conflict: can't use getUpdates method while webhook is active");
    const conflict =
      'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
    const offset = Number(params.offset ?? 0);
    while (this.updates.length > 0 && Number(this.updates[0]?.update_id) < offset) this.updates.shift();
    const end = Date.now() + Number(params.timeout ?? 0) * 1_000;
    let gone = false;
    response.once('close', () => {
      gone = true;
      this.#wake();
    });
    while (this.updates.length === 0 && !this.rival && !gone && !this.#stopped && Date.now() < end)
      await this.#change(Math.min(250, end - Date.now()));
    if (this.rival) throw new Refused(409, conflict);
    return this.updates.slice(0, Number(params.limit ?? 100));
  }

  /** As Telegram does: one after another, and again until it is taken. */
  async #callWebhook(): Promise<void> {
    while (!this.#stopped && this.webhook && this.updates[0]) {
      const headers = {
        'content-type': 'application/json',
        'x-telegram-bot-api-secret-token': this.webhook.secret,
      };
      const init = { method: 'POST', headers, body: JSON.stringify(this.updates[0]) };
      const status = await fetch(this.webhook.url, init).then(
        async (answer) => {
          await answer.arrayBuffer();
          return answer.status;
        },
        () => 0,
      );
      if (status === 200) this.updates.shift();
      else await this.#change(100);
    }
  }
}

async function readParams(request: IncomingMessage, body: Buffer): Promise<Params> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/')) return jsonIn(new URLSearchParams(body.toString()));
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const texts: [string, string][] = [];
  const files: Record<string, Uploaded> = {};
  for (const [name, value] of form) {
    if (typeof value === 'string') texts.push([name, value]);
    else files[name] = { name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) };
  }
  return { ...jsonIn(texts), ...files };
}

/** Structured fields come as JSON; words stay as they are. */
function jsonIn(pairs: Iterable<[string, string]>): Params {
  const structured = new Set([
    'entities',
    'caption_entities',
    'reply_parameters',
    'reply_markup',
    'reaction',
    'commands',
    'allowed_updates',
  ]);
  return Object.fromEntries(
    [...pairs].map(([name, value]) => [name, structured.has(name) ? JSON.parse(value) : value]),
  );
}
