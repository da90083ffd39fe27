import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Peer } from '../../src/sdk/testing/peer.js';

type Stored = { uid: number; raw: Buffer; at: Date; seen: boolean };
type Submitted = { from: string; to: string[]; raw: string };
type Mode = 'well' | 'garbage' | 'hang';
export type MailPeerOptions = { tls?: { key: string; cert: string }; idle?: boolean };

export const own = 'me@parley.test';
export const partner = 'alice@parley.test';
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * A scripted SMTP and IMAP server pair on loopback sockets that can misbehave. It stores what our account receives in
 * `inbox`, what we submit in `submitted`, and every line it was sent in `lines`.
 */
export class MailPeer implements Peer {
  readonly partner = partner;
  inbox: Stored[] = [];
  readonly submitted: Submitted[] = [];
  readonly lines: string[] = [];
  uidValidity = 1;
  mode: Mode = 'well';
  password = 'secret';
  /** Answers given instead of the usual one: SMTP by command (`.` is the end of the mail), IMAP by command. */
  readonly smtpReplies = new Map<string, string>();
  readonly imapReplies = new Map<string, string>();
  /** Called with every mail that was taken from us. */
  onSubmitted: (mail: Submitted) => void = () => {};
  /** Closes the SMTP connection right after the mail was taken, before saying so. */
  cutAfterData = false;
  /** IMAP commands are read and never answered, as by a half-open connection. */
  frozen = false;
  /** Asking for the content of this mail breaks the connection. */
  brokenUid: number | undefined;
  imapConnections = 0;
  #nextUid = 1;
  #said = 0;
  #sockets = new Set<Socket>();
  #idling = new Set<() => void>();
  /** Connections that are idling just now. */
  #listening = new Set<Socket>();
  #watchers = new Set<() => void>();
  readonly #imap: Server;
  readonly #smtp: Server;
  imapPort = 0;
  smtpPort = 0;

  private constructor(private readonly options: MailPeerOptions) {
    const listen = (talk: (socket: Socket) => void) => {
      const accept = (socket: Socket) => this.#accept(socket, talk);
      return options.tls ? createTlsServer(options.tls, accept).on('tlsClientError', () => {}) : createServer(accept);
    };
    this.#imap = listen((socket) => this.#talkImap(socket));
    this.#smtp = listen((socket) => this.#talkSmtp(socket));
  }

  static async start(options: MailPeerOptions = {}): Promise<MailPeer> {
    const peer = new MailPeer(options);
    await peer.up();
    return peer;
  }

  get login(): { flow: string; inputs: Record<string, unknown>[] } {
    const server = { imapHost: '127.0.0.1', imapPort: this.imapPort, smtpHost: '127.0.0.1', smtpPort: this.smtpPort };
    const tls = this.options.tls ? 'on' : 'off';
    return { flow: 'password', inputs: [{ ...server, address: own, password: 'secret', imapTls: tls, smtpTls: tls }] };
  }

  get badInputs(): { input: Record<string, unknown>; field: string }[] {
    const good = this.login.inputs[0]!;
    return [
      { input: { ...good, address: 'nobody' }, field: 'address' },
      { input: { ...good, address: 'a@b.test\r\nRCPT TO:<c@d.test>' }, field: 'address' },
      { input: { ...good, password: '' }, field: 'password' },
      { input: { ...good, imapPort: '70000' }, field: 'imapPort' },
      { input: { ...good, smtpHost: 'mail .test' }, field: 'smtpHost' },
      { input: { ...good, imapTls: 'maybe' }, field: 'imapTls' },
      { input: { ...good, name: 'Me\nBcc: x@y.test' }, field: 'name' },
    ];
  }

  /** Puts a mail into our account's inbox. Line ends become CRLF. */
  append(mail: string | Buffer, at = new Date()): void {
    const raw = typeof mail === 'string' ? Buffer.from(mail.replace(/\r?\n/g, '\r\n')) : mail;
    this.inbox.push({ uid: this.#nextUid++, raw, at, seen: false });
    for (const tell of this.#idling) tell();
  }

  /** Somebody reads this mail with another program. */
  markSeen(uid: number): void {
    const index = this.inbox.findIndex((mail) => mail.uid === uid);
    this.inbox[index]!.seen = true;
    for (const socket of this.#listening) socket.write(`* ${index + 1} FETCH (FLAGS (\\Seen))\r\n`);
  }

  /** The server renumbers its mail. */
  renumber(): void {
    this.uidValidity += 1;
    this.#nextUid = 100;
    for (const mail of this.inbox) mail.uid = this.#nextUid++;
  }

  async say(text: string): Promise<void> {
    const id = `<said.${process.pid}.${this.uidValidity}.${++this.#said}@parley.test>`;
    this.append(
      `From: Alice <${partner}>\nTo: ${own}\nSubject: Hello\nMessage-ID: ${id}\nDate: ${new Date().toUTCString()}\n` +
        `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${text}\n`,
    );
  }

  async heard(text: string, timeoutMs = 10_000): Promise<void> {
    await this.until(() => this.count(text) > 0, `the partner to receive "${text}"`, timeoutMs);
  }

  count(text: string): number {
    return this.submitted.filter((mail) => mail.to.includes(partner) && bodyOf(mail.raw).includes(text)).length;
  }

  /** What our account submitted to the partner, oldest first. */
  texts(): string[] {
    return this.submitted.filter((mail) => mail.to.includes(partner)).map((mail) => bodyOf(mail.raw));
  }

  /** SMTP and IMAP commands without their server's letter; a tag is not part of a command. */
  commands(): string[] {
    return this.lines.map((line) => line.replace(/^(?:S |I (?:[A-Z]?\d+ )?)/, ''));
  }

  async until(done: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!done()) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`waited ${timeoutMs} ms for ${what}; last lines ${this.lines.slice(-8).join(' | ')}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#watchers.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, Math.min(left, 250));
        this.#watchers.add(wake);
      });
    }
  }

  async cut(): Promise<void> {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async down(): Promise<void> {
    const closed = [this.#imap, this.#smtp].map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async up(): Promise<void> {
    const listen = (server: Server, port: number) =>
      new Promise<number>((resolve) =>
        server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
      );
    this.imapPort = await listen(this.#imap, this.imapPort);
    this.smtpPort = await listen(this.#smtp, this.smtpPort);
  }

  async refuseAuth(): Promise<void> {
    this.password = 'changed';
    await this.cut();
  }

  async garbage(): Promise<void> {
    this.mode = 'garbage';
    await this.cut();
  }

  async hang(): Promise<void> {
    this.mode = 'hang';
    await this.cut();
  }

  async stop(): Promise<void> {
    await this.down();
  }

  get open(): number {
    return this.#sockets.size;
  }

  #accept(socket: Socket, talk: (socket: Socket) => void): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#wake();
    });
    if (this.mode === 'garbage') socket.end('\x16\x03\x01 not mail at all \xff\xfe\r\n'.repeat(5));
    else if (this.mode === 'well') talk(socket);
    else socket.resume();
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  // ------------------------------------------------------------ SMTP

  #talkSmtp(socket: Socket): void {
    let mail: Submitted = { from: '', to: [], raw: '' };
    let data = false;
    const reply = (command: string, usual: string) => socket.write(`${this.smtpReplies.get(command) ?? usual}\r\n`);
    reply('CONNECT', '220 parley.test ESMTP');
    readLines(socket, (line) => {
      if (data) {
        if (line !== '.') {
          mail.raw += `${line.replace(/^\./, '')}\r\n`;
          return;
        }
        data = false;
        if ((this.smtpReplies.get('.') ?? '2').startsWith('2')) this.#submit(mail);
        if (this.cutAfterData) socket.resetAndDestroy();
        else reply('.', '250 2.0.0 Ok: queued as PEER1');
        return;
      }
      this.lines.push(`S ${line}`);
      const verb = line.split(/[ :]/)[0]!.toUpperCase();
      if (verb === 'EHLO') reply(verb, '250-parley.test\r\n250-AUTH PLAIN\r\n250-DSN\r\n250 SIZE 50000000');
      else if (verb === 'AUTH') reply(verb, this.#knows(line.slice(11)) ? '235 ok' : '535 5.7.8 wrong password');
      else if (verb === 'MAIL') {
        mail = { from: /<(.*?)>/.exec(line)?.[1] ?? '', to: [], raw: '' };
        reply(verb, '250 ok');
      } else if (verb === 'RCPT') {
        const to = /<(.*?)>/.exec(line)?.[1] ?? '';
        const answer = this.smtpReplies.get(`RCPT ${to}`);
        if (!answer) mail.to.push(to);
        reply(`RCPT ${to}`, '250 ok');
      } else if (verb === 'DATA') {
        data = (this.smtpReplies.get(verb) ?? '3').startsWith('3');
        reply(verb, '354 go on');
      } else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else socket.write('502 no\r\n');
    });
  }

  #knows(plain: string): boolean {
    return Buffer.from(plain, 'base64').toString().split('\0')[2] === this.password;
  }

  #submit(mail: Submitted): void {
    this.submitted.push(mail);
    this.onSubmitted(mail);
    if (mail.to.includes(own)) this.append(mail.raw);
    this.#wake();
  }

  // ------------------------------------------------------------ IMAP

  #talkImap(socket: Socket): void {
    this.imapConnections += 1;
    const capability = `IMAP4rev1 ${this.options.idle === false ? '' : 'IDLE'}`.trim();
    let idleTag: string | undefined;
    let told = -1;
    /** What came since the last word of it is told while idling, also when it came just before. */
    const tell = () => {
      if (!idleTag || told === this.inbox.length) return;
      told = this.inbox.length;
      socket.write(`* ${told} EXISTS\r\n`);
    };
    this.#idling.add(tell);
    socket.on('close', () => {
      this.#idling.delete(tell);
      this.#listening.delete(socket);
    });
    socket.write(`* OK [CAPABILITY ${capability}] ready\r\n`);
    readLines(socket, (line) => {
      this.lines.push(`I ${line}`);
      this.#wake();
      if (this.frozen) return;
      if (line.toUpperCase() === 'DONE') {
        socket.write(`${idleTag} OK done\r\n`);
        idleTag = undefined;
        this.#listening.delete(socket);
        return;
      }
      const [, tag = '*', command = '', rest = ''] = /^(\S+) ((?:UID )?\S+) ?(.*)$/i.exec(line) ?? [];
      const verb = command.toUpperCase();
      const scripted = this.imapReplies.get(verb);
      if (scripted === 'CUT') {
        socket.resetAndDestroy();
        return;
      }
      if (scripted) socket.write(`${tag} ${scripted}\r\n`);
      else if (verb === 'IDLE') {
        idleTag = tag;
        socket.write('+ idling\r\n');
        this.#listening.add(socket);
        tell();
      } else if (verb === 'LOGOUT') socket.end(`* BYE see you\r\n${tag} OK bye\r\n`);
      else this.#answer(socket, tag, verb, rest, capability);
    });
  }

  #answer(socket: Socket, tag: string, verb: string, rest: string, capability: string): void {
    const exists = `* ${this.inbox.length} EXISTS\r\n`;
    const ok = (untagged = '', text = 'done') => socket.write(`${untagged}${tag} OK ${text}\r\n`);
    switch (verb) {
      case 'CAPABILITY':
        return void ok(`* CAPABILITY ${capability}\r\n`);
      case 'LOGIN':
        if (rest.replaceAll('"', '').endsWith(` ${this.password}`)) return void ok('', `[CAPABILITY ${capability}] in`);
        return void socket.write(`${tag} NO [AUTHENTICATIONFAILED] wrong password\r\n`);
      case 'LIST':
      case 'LSUB':
        return void ok(`* ${verb} (\\HasNoChildren) "/" INBOX\r\n`);
      case 'SELECT':
      case 'EXAMINE': {
        const next = Math.max(this.#nextUid, 1);
        return void ok(
          `* FLAGS (\\Seen)\r\n${exists}* OK [UIDVALIDITY ${this.uidValidity}] v\r\n* OK [UIDNEXT ${next}] n\r\n`,
          '[READ-ONLY] open',
        );
      }
      case 'NOOP':
        return void ok(exists);
      case 'UID SEARCH':
        return void ok(
          `* SEARCH${this.#search(rest)
            .map((uid) => ` ${uid}`)
            .join('')}\r\n`,
        );
      case 'UID STORE': {
        const wanted = new Set(rest.split(' ')[0]!.split(',').flatMap(expand));
        for (const mail of this.inbox) if (wanted.has(mail.uid) && /\+FLAGS.*\\Seen/i.test(rest)) mail.seen = true;
        return void ok();
      }
      case 'UID FETCH':
        if (
          /BODY/i.test(rest) &&
          rest
            .split(' ')[0]!
            .split(',')
            .flatMap(expand)
            .includes(this.brokenUid ?? 0)
        ) {
          return void socket.resetAndDestroy();
        }
        for (const answer of this.#fetch(rest)) socket.write(answer);
        return void ok();
      default:
        return void socket.write(`${tag} BAD what\r\n`);
    }
  }

  #search(query: string): number[] {
    const range = /UID (\d+):\*/i.exec(query)?.[1];
    const ids = [...query.matchAll(/<[^>\s"]+>/g)].map((match) => match[0]);
    const since = /SINCE (\d+)-(\w+)-(\d+)/i.exec(query);
    const day = since ? Date.UTC(Number(since[3]), months.indexOf(since[2]!), Number(since[1])) : 0;
    const uids = /UID ([\d,:]+)(?: |$)/i.exec(query)?.[1];
    const wanted = uids === undefined ? undefined : new Set(uids.split(',').flatMap(expand));
    const seen = /\bUNSEEN\b/i.test(query) ? false : /\bSEEN\b/i.test(query) ? true : undefined;
    const fits = (mail: Stored) => {
      if (seen !== undefined && mail.seen !== seen) return false;
      if (wanted && !wanted.has(mail.uid)) return false;
      if (range) return mail.uid >= Number(range) || mail === this.inbox.at(-1);
      if (ids.length > 0) return ids.some((id) => mail.raw.toString('latin1').split('\r\n\r\n')[0]!.includes(id));
      return mail.at.getTime() >= day;
    };
    return this.inbox.filter(fits).map((mail) => mail.uid);
  }

  *#fetch(rest: string): Generator<Buffer> {
    const [set = '', ...items] = rest.split(' ');
    const query = items.join(' ').toUpperCase();
    const wanted = new Set(set.split(',').flatMap(expand));
    for (const [index, mail] of this.inbox.entries()) {
      if (!wanted.has(mail.uid)) continue;
      const parts = [`UID ${mail.uid}`];
      if (query.includes('RFC822.SIZE')) parts.push(`RFC822.SIZE ${mail.raw.length}`);
      if (query.includes('FLAGS')) parts.push(`FLAGS (${mail.seen ? '\\Seen' : ''})`);
      if (query.includes('INTERNALDATE')) parts.push(`INTERNALDATE "${imapDate(mail.at)}"`);
      const head = `* ${index + 1} FETCH (${parts.join(' ')}`;
      const body = this.#section(mail.raw, query);
      yield body
        ? Buffer.concat([
            Buffer.from(`${head} ${body.name} {${body.bytes.length}}\r\n`),
            body.bytes,
            Buffer.from(')\r\n'),
          ])
        : Buffer.from(`${head})\r\n`);
    }
  }

  #section(raw: Buffer, query: string): { name: string; bytes: Buffer } | undefined {
    if (query.includes('[HEADER]'))
      return { name: 'BODY[HEADER]', bytes: raw.subarray(0, raw.indexOf('\r\n\r\n') + 4) };
    const partial = /BODY(?:\.PEEK)?\[\](?:<(\d+)\.(\d+)>)?/.exec(query);
    if (!partial) return undefined;
    if (partial[2] === undefined) return { name: 'BODY[]', bytes: raw };
    return {
      name: `BODY[]<${partial[1]}>`,
      bytes: raw.subarray(Number(partial[1]), Number(partial[1]) + Number(partial[2])),
    };
  }
}

const expand = (part: string): number[] => {
  const [from = 0, to = from] = part.split(':').map(Number);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
};

function imapDate(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${two(at.getUTCDate())}-${months[at.getUTCMonth()]}-${at.getUTCFullYear()} ${time} +0000`;
}

function readLines(socket: Socket, on: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) on(line);
  });
}

/** The body as a reader sees it: transfer encoding undone. */
export function bodyOf(raw: string): string {
  const end = raw.indexOf('\r\n\r\n');
  const body = raw.slice(end + 4);
  if (/^content-transfer-encoding: *base64/im.test(raw.slice(0, end))) return Buffer.from(body, 'base64').toString();
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
