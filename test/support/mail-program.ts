import { execFile } from 'node:child_process';
import { programPath } from '../../scripts/packages.mjs';
import type { MailLab } from '../lab/types.js';
import { eventually } from './parley.js';

export type ReadMail = {
  uid: number;
  seen: boolean;
  /** By name in lower case. */
  headers: Record<string, string>;
  text: string;
  html: string | null;
  files: { name: string | null; type: string; content: string }[];
};

type Part = { name: string; type: string; content: string };
export type WrittenMail = {
  headers: Record<string, string>;
  text: string;
  html?: string;
  /** Parts that the HTML shows; contents in base64. */
  inline?: (Part & { cid: string })[];
  files?: Part[];
};

/** Somebody at another mail program: Python's own SMTP and IMAP, sharing no code with Parley. */
export class MailProgram {
  readonly address: string;
  readonly #sign: Record<string, unknown>;

  constructor(lab: MailLab, name: string) {
    const user = lab.users.find(({ username }) => username === name);
    if (!user) throw new Error(`the lab has no ${name}`);
    const { host, imapsPort, smtpsPort, caFile } = lab;
    this.address = user.address;
    this.#sign = { host, imapsPort, smtpsPort, caFile, username: user.username, password: user.password };
  }

  async send(mail: WrittenMail): Promise<void> {
    await this.#order({ do: 'send', ...mail });
  }

  /** Puts a mail into a folder of its own mailbox, as after sending it. `at` in seconds since the epoch. */
  async file(folder: string, mail: WrittenMail, more: { at?: number; flags?: string[] } = {}): Promise<void> {
    await this.#order({ do: 'file', folder, ...mail, ...more });
  }

  async read(folder = 'INBOX'): Promise<ReadMail[]> {
    return JSON.parse(await this.#order({ do: 'read', folder }));
  }

  async mark(uid: number, folder = 'INBOX'): Promise<void> {
    await this.#order({ do: 'mark', folder, uid });
  }

  /** The mail whose text has this in it, once it is there. */
  receives(text: string, folder = 'INBOX'): Promise<ReadMail> {
    return eventually(async () => (await this.read(folder)).find((mail) => mail.text.includes(text)), 30_000);
  }

  #order(order: Record<string, unknown>): Promise<string> {
    const script = new URL('mail-program.py', import.meta.url).pathname;
    return new Promise((resolve, reject) => {
      const options = { timeout: 30_000, maxBuffer: 64 * 1024 * 1024 };
      const child = execFile(programPath('python3') ?? 'python3', [script], options, (error, out, said) =>
        error ? reject(new Error(`the mail program failed: ${said.slice(-500)}`, { cause: error })) : resolve(out),
      );
      child.stdin?.end(JSON.stringify({ ...this.#sign, ...order }));
    });
  }
}
