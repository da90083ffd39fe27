import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const host = '127.0.0.1';
const kept = 10_000;

/** An IRC client that a test types into: it knows lines and PING, nothing else. */
export class IrcLines {
  readonly #unread: string[] = [];
  readonly #watchers = new Set<() => void>();
  #ended = false;

  private constructor(private readonly socket: Socket) {
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) this.#onLine(line);
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#ended = true;
      for (const watcher of [...this.#watchers]) watcher();
    });
  }

  /** With a certificate it speaks TLS and trusts that alone. Rejects where nobody listens. */
  static connect(port: number, certificate?: string): Promise<IrcLines> {
    return new Promise((resolve, reject) => {
      const socket = certificate
        ? connectTls({ host, port, ca: certificate, servername: '' })
        : connectPlain({ host, port });
      socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer from ${host}:${port}`)));
      socket.once('error', reject);
      socket.once(certificate ? 'secureConnect' : 'connect', () => {
        socket.setTimeout(0);
        resolve(new IrcLines(socket));
      });
    });
  }

  say(...lines: string[]): void {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** The first line not yet read that matches, waited for; lines before it count as read. */
  async line(expected: RegExp, timeoutMs = 10_000): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const at = this.#unread.findIndex((line) => expected.test(line));
      if (at >= 0) return this.#unread.splice(0, at + 1).at(-1) ?? '';
      const left = deadline - performance.now();
      if (left > 0 && !this.#ended) await this.#news(left);
      else throw new Error(`no line like ${expected}, but: ${this.#unread.slice(-20).join(' | ')}`);
    }
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ended) return resolve();
      this.socket.once('close', () => resolve());
      this.socket.destroy();
    });
  }

  #news(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#watchers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#watchers.add(done);
    });
  }

  #onLine(line: string): void {
    if (line.startsWith('PING ')) {
      this.say(`PONG ${line.slice(5)}`);
      return;
    }
    this.#unread.push(line);
    if (this.#unread.length > kept) this.#unread.shift();
    for (const watcher of [...this.#watchers]) watcher();
  }
}
