import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { eventually } from './parley.js';

/** Writes down every line of the server and what WeeChat shows; nothing of it is changed. */
const watcher = (folder: string) => `
import weechat
weechat.register("watcher", "lab", "1", "MIT", "writes down what happens", "", "")

def write(name, text):
    with open("${folder}/" + name, "a", encoding="utf-8") as out:
        out.write(text.replace("\\n", " ") + "\\n")

def raw(data, signal, line):
    write(data, line)
    return weechat.WEECHAT_RC_OK

def shown(data, buffer, date, tags, displayed, highlight, prefix, message):
    name = weechat.buffer_get_string(buffer, "short_name")
    clean = weechat.string_remove_color
    write("shown", name + " | " + clean(prefix, "") + " | " + clean(message, ""))
    return weechat.WEECHAT_RC_OK

def typing(data, signal, text):
    write("typing", text.split(";", 1)[1] if ";" in text else text)
    return weechat.WEECHAT_RC_OK

weechat.hook_signal("*,irc_raw_in2_*", "raw", "in")
weechat.hook_signal("*,irc_raw_out_*", "raw", "out")
weechat.hook_signal("typing_set_nick", "typing", "")
weechat.hook_print("", "", "", 0, "shown", "")
write("ready", "yes")
`;

/** Somebody at WeeChat, a client of another maker that knows IRCv3; what a person types is given to it by its FIFO. */
export class WeechatPerson {
  private constructor(
    readonly nick: string,
    private readonly folder: string,
    private readonly client: ChildProcess,
  ) {}

  static async join(port: number, nick: string): Promise<WeechatPerson> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-weechat-'));
    mkdirSync(path.join(folder, 'python', 'autoload'), { recursive: true });
    writeFileSync(path.join(folder, 'python', 'autoload', 'watcher.py'), watcher(folder));
    const commands = [
      '/set irc.server_default.capabilities "*"',
      '/set irc.server_default.anti_flood_prio_high 0',
      '/set irc.server_default.anti_flood_prio_low 0',
      '/set irc.look.typing_status_nicks on',
      '/set irc.look.typing_status_self on',
      '/set typing.look.enabled_nicks on',
      '/set typing.look.enabled_self on',
      '/set typing.look.input_min_chars 1',
      `/server add lab 127.0.0.1/${port} -notls -nicks=${nick} -username=${nick} -realname=${nick}`,
      '/connect lab',
    ];
    const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', TZ: 'UTC', XDG_RUNTIME_DIR: folder };
    const args = ['--dir', folder, ...commands.flatMap((command) => ['-r', command])];
    const client = spawn('weechat-headless', args, { stdio: 'ignore', env });
    const person = new WeechatPerson(nick, folder, client);
    await person.line(/ 001 /);
    await person.line(/ (376|422) /);
    return person;
  }

  /** As typed in the server's own window. */
  async type(text: string): Promise<void> {
    const fifo = readdirSync(this.folder).find((name) => name.startsWith('weechat_fifo_'));
    if (fifo === undefined) throw new Error('WeeChat has no FIFO');
    await appendFile(path.join(this.folder, fifo), `irc.server.lab *${text}\n`);
  }

  say(to: string, text: string): Promise<void> {
    return this.type(`/msg ${to} ${text}`);
  }

  /** A line as it is, for what WeeChat has no command for. */
  quote(line: string): Promise<void> {
    return this.type(`/quote ${line}`);
  }

  async enter(channel: string): Promise<void> {
    await this.type(`/join ${channel}`);
    await this.line(new RegExp(` 366 \\S+ ${channel} `, 'i'));
  }

  /** A line of the server, waited for. */
  line(match: RegExp, timeoutMs?: number): Promise<string> {
    return eventually(() => this.#read('in').find((line) => match.test(line)), timeoutMs);
  }

  /** What WeeChat shows, as `window | who | text`. */
  shown(match: RegExp): Promise<string> {
    return eventually(() => this.#read('shown').find((line) => match.test(line)));
  }

  /** Who WeeChat says is typing: `window;state;nick`. */
  typing(match: RegExp): Promise<string> {
    return eventually(() => this.#read('typing').find((line) => match.test(line)));
  }

  /** All lines of the server so far. */
  get lines(): string[] {
    return this.#read('in');
  }

  leave(): void {
    this.client.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #read(name: string): string[] {
    const file = path.join(this.folder, name);
    return existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  }
}
