import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type ParsedMail, simpleParser } from 'mailparser';
import type { MailLab } from '../lab/types.ts';
import { eventually } from './parley.js';

/** Somebody at an IRC client that is not ours: `ii`, whose windows are folders with a file to read and one to write. */
export class IrcPerson {
  private constructor(
    readonly nick: string,
    private readonly folder: string,
    private readonly client: ChildProcess,
  ) {}

  static async join(port: number, nick: string): Promise<IrcPerson> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-ii-'));
    const client = spawn('ii', ['-s', '127.0.0.1', '-p', String(port), '-n', nick, '-i', folder], { stdio: 'ignore' });
    const person = new IrcPerson(nick, folder, client);
    await eventually(() => / (Welcome|welcome)/.test(person.#read('out')) || undefined);
    return person;
  }

  async say(to: string, text: string): Promise<void> {
    const window = path.join(this.folder, '127.0.0.1', to.toLowerCase(), 'in');
    if (existsSync(window)) return appendFile(window, `${text}\n`);
    await appendFile(path.join(this.folder, '127.0.0.1', 'in'), `/j ${to} ${text}\n`);
  }

  async enter(channel: string): Promise<void> {
    await appendFile(path.join(this.folder, '127.0.0.1', 'in'), `/j ${channel}\n`);
    await eventually(() => existsSync(path.join(this.folder, '127.0.0.1', channel, 'out')) || undefined);
  }

  /** The lines somebody (or a channel) wrote here, oldest first. */
  heard(from: string): string[] {
    return this.#read(path.join(from.toLowerCase(), 'out'))
      .split('\n')
      .filter((line) => line !== '' && !line.includes(`<${this.nick}>`))
      .map((line) => line.replace(/^\d+ <[^>]*> /, ''));
  }

  leave(): void {
    this.client.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #read(file: string): string {
    const found = path.join(this.folder, '127.0.0.1', file);
    return existsSync(found) ? readFileSync(found, 'utf8') : '';
  }
}

/** Somebody at a mail program that is not ours: `swaks` hands in, the Maildir is read. */
export class MailPerson {
  readonly address: string;

  constructor(
    private readonly lab: MailLab,
    name: string,
  ) {
    this.address = `${name}@${lab.domain}`;
  }

  async write(to: string, mail: { subject: string; text: string; answers?: ParsedMail }): Promise<void> {
    const user = this.lab.users.find(({ address }) => address === this.address);
    const { answers } = mail;
    const thread = answers?.messageId
      ? ['--header', `In-Reply-To: ${answers.messageId}`, '--header', `References: ${answers.messageId}`]
      : [];
    await promisify(execFile)('swaks', [
      ...['--server', this.lab.host, '--port', String(this.lab.submissionPort), '--silent', '2'],
      ...['--auth', 'PLAIN', '--auth-user', user?.username ?? '', '--auth-password', user?.password ?? ''],
      ...['--from', this.address, '--to', to, '--header', `Subject: ${mail.subject}`, ...thread, '--body', mail.text],
    ]);
  }

  /** What lies in the mailbox, oldest first. */
  async inbox(): Promise<ParsedMail[]> {
    const folder = this.lab.maildir(this.address);
    const files = ['new', 'cur'].flatMap((sub) =>
      existsSync(path.join(folder, sub)) ? readdirSync(path.join(folder, sub)).map((name) => path.join(sub, name)) : [],
    );
    // Their dates are whole seconds: within one, what was delivered first comes first.
    const delivered = files.toSorted(
      (a, b) => statSync(path.join(folder, a)).mtimeMs - statSync(path.join(folder, b)).mtimeMs,
    );
    const mails = await Promise.all(delivered.map((name) => simpleParser(readFileSync(path.join(folder, name)))));
    return mails.sort((a, b) => (a.date?.getTime() ?? 0) - (b.date?.getTime() ?? 0));
  }
}
