import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { type Element, xml } from '@xmpp/client';
import { freePort } from './ports.js';

const streamNs = 'http://etherx.jabber.org/streams';
const saslNs = 'urn:ietf:params:xml:ns:xmpp-sasl';
const smNs = 'urn:xmpp:sm:3';
const mamNs = 'urn:xmpp:mam:2';
const discoNs = 'http://jabber.org/protocol/disco#info';
const uploadNs = 'urn:xmpp:http:upload:0';

export const escaped = (text: string): string => text.replace(/[<>&'"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export type Archived = { id: string; stamp: number; xml: string };
export type Script = {
  /** How far its clock is ahead. */
  skewMs?: number;
  /** Whether sessions can be taken up again. */
  resumes?: boolean;
  /** Without stream management. */
  unmanaged?: boolean;
  /** Offers the bare password as the only way in. */
  plainOnly?: boolean;
  /** Rooms: the presences that greet who enters, after which comes the newcomer's own. */
  occupants?: (room: string) => Iterable<string>;
};

/**
 * A scripted XMPP server on a loopback port: one account, SCRAM, stream management, an archive and an upload service.
 * It is told by the test what to say and when to misbehave.
 */
export class XmppServer {
  readonly archive: Archived[] = [];
  /** Names of all stanzas and requests understood so far. */
  readonly commands: string[] = [];
  readonly messages: Element[] = [];
  readonly files = new Map<string, Buffer>();
  mode: 'usual' | 'garbage' | 'hang' | 'refuse' = 'usual';
  /** From now on nothing that is sent to us is acknowledged, as if the network ate it. */
  deaf = false;
  /** From now on it takes everything and says nothing more. */
  silent = false;
  signIns = 0;
  resumptions = 0;
  pages = 0;
  onMessage: (message: Element) => void = () => {};
  /** Called for each page of the archive that is asked for. */
  onPage: (page: number) => void = () => {};
  #server: Server | undefined;
  #http: HttpServer | undefined;
  #httpPort = 0;
  readonly links = new Set<Link>();
  /** Sessions that can be taken up again. */
  readonly kept = new Map<string, Kept>();

  private constructor(
    readonly port: number,
    readonly jid: string,
    readonly password: string,
    readonly script: Script,
  ) {}

  static async start(jid: string, password: string, script: Script = {}): Promise<XmppServer> {
    const server = new XmppServer(await freePort(), jid, password, script);
    await server.#serveFiles();
    await server.up();
    return server;
  }

  get domain(): string {
    return this.jid.split('@')[1] ?? '';
  }

  get uploadUrl(): string {
    return `http://127.0.0.1:${this.#httpPort}`;
  }

  now(): number {
    return Date.now() + (this.script.skewMs ?? 0);
  }

  up(): Promise<void> {
    if (this.#server) return Promise.resolve();
    const server = createServer((socket) => this.#join(socket));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', () => resolve());
    });
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.cut();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async stop(): Promise<void> {
    await this.down();
    const http = this.#http;
    http?.closeAllConnections();
    if (http) await new Promise<void>((resolve) => http.close(() => resolve()));
  }

  cut(): void {
    for (const link of this.links) link.socket.resetAndDestroy();
    this.links.clear();
  }

  /** Forgets all sessions: none can be taken up again. */
  forget(): void {
    this.kept.clear();
  }

  /** A message to the account: archived, and sent to it if it is there. */
  deliver(inner: string, attrs: Record<string, string>): void {
    const id = `a${String(this.archive.length + 1).padStart(8, '0')}`;
    const list = Object.entries({ to: this.jid, ...attrs }).map(([name, value]) => `${name}='${escaped(value)}'`);
    const given = `<stanza-id xmlns='urn:xmpp:sid:0' by='${this.jid}' id='${id}'/>`;
    this.archive.push({
      id,
      stamp: this.now(),
      xml: `<message xmlns='jabber:client' ${list.join(' ')}>${inner}</message>`,
    });
    this.send(`<message ${list.join(' ')}>${inner}${given}</message>`);
  }

  /** A stanza to the account's session, live or kept. */
  send(stanza: string): void {
    const sessions = [...this.links].filter((link) => link.available).map((link) => link.session);
    for (const session of new Set([...sessions, ...this.kept.values()])) {
      session.unacked.push(stanza);
      session.live?.write(stanza);
    }
  }

  #join(socket: Socket): void {
    socket.on('error', () => {});
    socket.setNoDelay(true);
    if (this.mode === 'hang') {
      this.links.add(new Link(socket, this));
      return;
    }
    if (this.mode === 'garbage') {
      socket.write('HTTP/1.1 400 Bad Request\r\n\r\n\0\xff<<<not xml');
      socket.on('data', () => socket.write('<<<>>>&&&'));
      return;
    }
    const link = new Link(socket, this);
    this.links.add(link);
    socket.on('close', () => this.links.delete(link));
    link.listen();
  }

  async #serveFiles(): Promise<void> {
    this.#httpPort = await freePort();
    const http = createHttpServer((request, response) => {
      const path = request.url ?? '';
      if (request.method === 'PUT') {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          this.files.set(path, Buffer.concat(chunks));
          response.writeHead(201).end();
        });
        return;
      }
      const file = this.files.get(path);
      response.writeHead(file ? 200 : 404, { 'Content-Type': 'application/octet-stream' }).end(file);
    });
    this.#http = http;
    await new Promise<void>((resolve) => http.listen(this.#httpPort, '127.0.0.1', () => resolve()));
  }
}

type Kept = { unacked: string[]; acked: number; received: number; live: Link | undefined; id: string };

class Link {
  available = false;
  session: Kept = { unacked: [], acked: 0, received: 0, live: this, id: '' };
  #parser = new xml.Parser();
  readonly #decoder = new StringDecoder('utf8');
  #authenticated = false;
  #counting = false;
  #scram: { first: string; nonce: string; serverFirst: string; salt: Buffer } | undefined;

  constructor(
    readonly socket: Socket,
    private readonly server: XmppServer,
  ) {}

  listen(): void {
    this.#begin();
    this.socket.on('data', (bytes: Buffer) => {
      try {
        this.#parser.write(this.#decoder.write(bytes));
      } catch {
        this.socket.destroy();
      }
    });
    this.socket.on('close', () => {
      if (this.session.live === this) this.session.live = undefined;
    });
  }

  write(text: string): void {
    if (this.socket.writable && !this.server.silent) this.socket.write(text);
  }

  #begin(): void {
    const parser = new xml.Parser();
    this.#parser = parser;
    parser.on('start', () => this.#hello());
    parser.on('element', (element) => this.#onElement(element));
    parser.on('error', () => this.socket.destroy());
    parser.on('end', () => {
      this.server.kept.delete(this.session.id);
      this.socket.end('</stream:stream>');
    });
  }

  #hello(): void {
    const { plainOnly, unmanaged } = this.server.script;
    const better = plainOnly ? '' : '<mechanism>SCRAM-SHA-256</mechanism>';
    const mechanisms = `<mechanisms xmlns='${saslNs}'><mechanism>PLAIN</mechanism>${better}</mechanisms>`;
    const session = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>${unmanaged ? '' : `<sm xmlns='${smNs}'/>`}`;
    this.write(
      `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='${streamNs}' id='x' from='${this.server.domain}' version='1.0'>` +
        `<stream:features>${this.#authenticated ? session : mechanisms}</stream:features>`,
    );
  }

  #onElement(element: Element): void {
    const { server } = this;
    const [child] = element.getChildElements();
    server.commands.push(element.name === 'iq' ? `iq ${child?.getNS() ?? ''}` : element.name);
    if (this.#counting && ['iq', 'message', 'presence'].includes(element.name))
      this.session.received += server.deaf ? 0 : 1;
    const handlers: Record<string, () => void> = {
      auth: () => this.#auth(element),
      response: () => this.#response(element),
      enable: () => this.#enable(),
      resume: () => this.#resume(element),
      r: () => server.deaf || this.write(`<a xmlns='${smNs}' h='${this.session.received}'/>`),
      a: () => this.#ack(Number(element.attrs.h)),
      iq: () => child && this.#iq(element, child),
      presence: () => this.#presence(element),
      message: () => this.#message(element),
    };
    handlers[element.name]?.();
  }

  #auth(element: Element): void {
    const refuse = `<failure xmlns='${saslNs}'><not-authorized/></failure>`;
    if (this.server.mode === 'refuse' || element.attrs.mechanism !== 'SCRAM-SHA-256') return void this.write(refuse);
    const first = Buffer.from(element.text(), 'base64').toString().replace(/^n,,/, '');
    const nonce = `${/r=([^,]*)/.exec(first)?.[1] ?? ''}${randomBytes(9).toString('base64')}`;
    const salt = randomBytes(16);
    const serverFirst = `r=${nonce},s=${salt.toString('base64')},i=4096`;
    this.#scram = { first, nonce, serverFirst, salt };
    this.write(`<challenge xmlns='${saslNs}'>${Buffer.from(serverFirst).toString('base64')}</challenge>`);
  }

  #response(element: Element): void {
    const { first, nonce, serverFirst, salt } = this.#scram ?? {
      first: '',
      nonce: '',
      serverFirst: '',
      salt: Buffer.of(),
    };
    const last = Buffer.from(element.text(), 'base64').toString();
    const salted = pbkdf2Sync(this.server.password.normalize('NFKC'), salt, 4096, 32, 'sha256');
    const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
    const withoutProof = `c=biws,r=${nonce}`;
    const signed = `${first},${serverFirst},${withoutProof}`;
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(createHash('sha256').update(clientKey).digest(), signed);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64');
    if (last !== `${withoutProof},p=${proof}`)
      return void this.write(`<failure xmlns='${saslNs}'><not-authorized/></failure>`);
    this.#authenticated = true;
    const verifier = Buffer.from(`v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`).toString('base64');
    this.write(`<success xmlns='${saslNs}'>${verifier}</success>`);
    this.#begin();
  }

  #enable(): void {
    const resumes = this.server.script.resumes !== false;
    this.#counting = true;
    this.session.id = randomBytes(8).toString('hex');
    if (resumes) this.server.kept.set(this.session.id, this.session);
    this.write(`<enabled xmlns='${smNs}'${resumes ? ` resume='true' id='${this.session.id}'` : ''}/>`);
  }

  #resume(element: Element): void {
    const kept = this.server.kept.get(element.attrs.previd ?? '');
    if (!kept) {
      return void this.write(
        `<failed xmlns='${smNs}'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`,
      );
    }
    kept.live?.socket.destroy();
    this.session = kept;
    kept.live = this;
    this.#counting = true;
    this.available = true;
    this.server.resumptions += 1;
    this.#ack(Number(element.attrs.h));
    this.write(`<resumed xmlns='${smNs}' previd='${kept.id}' h='${kept.received}'/>`);
    for (const stanza of kept.unacked) this.write(stanza);
  }

  #ack(h: number): void {
    const count = h - this.session.acked;
    if (count < 0 || count > this.session.unacked.length) throw new Error(`acknowledged ${h} of fewer stanzas`);
    this.session.unacked.splice(0, count);
    this.session.acked = h;
  }

  #stanza(text: string): void {
    this.session.unacked.push(text);
    this.write(text);
  }

  #iq(stanza: Element, child: Element): void {
    if (stanza.attrs.type !== 'get' && stanza.attrs.type !== 'set') return;
    const { server } = this;
    const id = escaped(stanza.attrs.id ?? '');
    const to = stanza.attrs.to;
    const from = to === undefined ? '' : ` from='${escaped(to)}'`;
    const reply = (inner: string) => this.#stanza(`<iq type='result' id='${id}'${from}>${inner}</iq>`);
    const features = (...names: string[]) => names.map((name) => `<feature var='${name}'/>`).join('');
    const answers: Record<string, () => void> = {
      'urn:ietf:params:xml:ns:xmpp-bind': () => {
        server.signIns += 1;
        const jid = `${server.jid}/${child.getChildText('resource') ?? 'r'}`;
        this.write(
          `<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${jid}</jid></bind></iq>`,
        );
      },
      [discoNs]: () => reply(`<query xmlns='${discoNs}'>${this.#features(to, features)}</query>`),
      'http://jabber.org/protocol/disco#items': () =>
        reply(`<query xmlns='http://jabber.org/protocol/disco#items'><item jid='upload.${server.domain}'/></query>`),
      'jabber:iq:roster': () => reply("<query xmlns='jabber:iq:roster'/>"),
      'urn:xmpp:carbons:2': () => reply(''),
      'urn:xmpp:ping': () => reply(''),
      'urn:xmpp:time': () =>
        reply(`<time xmlns='urn:xmpp:time'><tzo>Z</tzo><utc>${new Date(server.now()).toISOString()}</utc></time>`),
      [uploadNs]: () => {
        const url = `${server.uploadUrl}/${encodeURIComponent(child.attrs.filename ?? '')}-${randomBytes(4).toString('hex')}`;
        reply(`<slot xmlns='${uploadNs}'><put url='${url}'/><get url='${url}'/></slot>`);
      },
      [mamNs]: () => this.#page(child, reply),
    };
    const answer = answers[child.getNS() ?? ''];
    if (answer) return void answer();
    this.#stanza(
      `<iq type='error' id='${id}'${from}><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
  }

  #features(to: string | undefined, features: (...names: string[]) => string): string {
    const { domain, jid } = this.server;
    if (to === jid) return features(mamNs, 'urn:xmpp:sid:0');
    if (to === `upload.${domain}`) return features(uploadNs);
    return features('urn:xmpp:carbons:2', 'urn:xmpp:ping');
  }

  #page(query: Element, reply: (inner: string) => void): void {
    const { server } = this;
    server.pages += 1;
    server.onPage(server.pages);
    const set = query.getChild('set', 'http://jabber.org/protocol/rsm');
    const field = (name: string) =>
      query
        .getChild('x', 'jabber:x:data')
        ?.getChildren('field')
        .find(({ attrs }) => attrs.var === name)
        ?.getChildText('value');
    const [start, end] = [field('start'), field('end')];
    const max = Number(set?.getChildText('max') ?? 50);
    const fitting = server.archive.filter(
      ({ stamp }) => (!start || stamp >= Date.parse(start)) && (!end || stamp <= Date.parse(end)),
    );
    const [after, before] = [set?.getChildText('after'), set?.getChildText('before')];
    const backwards = set?.getChild('before') !== undefined;
    const from = after ? fitting.findIndex(({ id }) => id === after) + 1 : 0;
    const to = before ? fitting.findIndex(({ id }) => id === before) : fitting.length;
    const range = fitting.slice(from, Math.max(from, to));
    const page = backwards ? range.slice(-max) : range.slice(0, max);
    const queryid = escaped(query.attrs.queryid ?? '');
    for (const { id, stamp, xml: message } of page) {
      const delay = `<delay xmlns='urn:xmpp:delay' stamp='${new Date(stamp).toISOString()}'/>`;
      const result = `<result xmlns='${mamNs}' queryid='${queryid}' id='${id}'><forwarded xmlns='urn:xmpp:forward:0'>${delay}${message}</forwarded></result>`;
      this.#stanza(`<message to='${server.jid}'>${result}</message>`);
    }
    const bounds = page.length > 0 ? `<first>${page[0]?.id}</first><last>${page.at(-1)?.id}</last>` : '';
    const complete = page.length === range.length ? " complete='true'" : '';
    reply(`<fin xmlns='${mamNs}'${complete}><set xmlns='http://jabber.org/protocol/rsm'>${bounds}</set></fin>`);
  }

  #presence(stanza: Element): void {
    const { to = '', type } = stanza.attrs;
    if (to === '') {
      this.available = type !== 'unavailable';
      return;
    }
    const [room = '', nick = ''] = to.split('/');
    const x = (more: string) => `<x xmlns='http://jabber.org/protocol/muc#user'>${more}</x>`;
    const { occupants } = this.server.script;
    if (!occupants || !stanza.getChild('x', 'http://jabber.org/protocol/muc')) return;
    for (const one of occupants(room)) {
      this.#stanza(
        `<presence from='${room}/${escaped(one)}'>${x("<item affiliation='none' role='participant'/>")}</presence>`,
      );
    }
    const self = x("<item affiliation='owner' role='moderator'/><status code='110'/>");
    this.#stanza(`<presence from='${room}/${escaped(nick)}'>${self}</presence>`);
    this.#stanza(`<message type='groupchat' from='${room}'><subject>a large room</subject></message>`);
  }

  #message(stanza: Element): void {
    const { server } = this;
    if (server.deaf) return;
    server.messages.push(stanza);
    if (stanza.attrs.type === 'groupchat') {
      const [room] = (stanza.attrs.to ?? '').split('/');
      const echo = stanza.getChildElements().join('');
      this.#stanza(
        `<message type='groupchat' from='${room}/me' id='${escaped(stanza.attrs.id ?? '')}'>${echo}</message>`,
      );
    } else {
      stanza.attrs.from = server.jid;
      stanza.attrs.xmlns = 'jabber:client';
      const id = `a${String(server.archive.length + 1).padStart(8, '0')}`;
      if (stanza.getChild('body')) server.archive.push({ id, stamp: server.now(), xml: stanza.toString() });
    }
    server.onMessage(stanza);
  }
}
