import { IrcPeer } from '../../test/support/irc-peer.ts';
import { MailPeer, own as ownMail } from '../../test/support/mail-peer.ts';
import { eventually, type Parley } from '../../test/support/parley.ts';
import { SmscPeer } from '../../test/support/sms-peer.ts';

export type Named = { id: string; name: string; contactId?: string | null };

/** The servers that speak the networks' protocols, and what people do by them. */
export class Scene {
  readonly #start = Date.now();

  constructor(
    readonly parley: Parley,
    readonly irc: IrcPeer,
    readonly second: IrcPeer,
    readonly mail: MailPeer,
    readonly smsc: SmscPeer,
    readonly chart: Buffer,
  ) {}

  static async start(parley: Parley, chart: Buffer): Promise<Scene> {
    const [irc, second, mail, smsc] = await Promise.all([
      IrcPeer.start(),
      IrcPeer.start(),
      MailPeer.start(),
      SmscPeer.start(),
    ]);
    return new Scene(parley, irc, second, mail, smsc, chart);
  }

  async stop(): Promise<void> {
    for (const peer of [this.irc, this.second, this.mail, this.smsc]) await peer.stop();
  }

  #time(agoMs: number): string {
    return new Date(this.#start - agoMs).toISOString();
  }

  /** Without a time: now. */
  says(agoMs: number | undefined, nick: string, target: string, text: string): void {
    const tags: Record<string, string> = agoMs === undefined ? {} : { time: this.#time(agoMs) };
    this.irc.client.from(nick, `PRIVMSG ${target} :${text}`, tags);
  }

  weSaid(agoMs: number, target: string, text: string): void {
    const msgid = `own${agoMs}`;
    this.irc.client.own(`PRIVMSG ${target} :${text}`, { time: this.#time(agoMs), msgid });
  }

  letter(agoMs: number, from: string, subject: string, text: string): void {
    const at = new Date(this.#start - agoMs);
    this.mail.append(
      `From: ${from}\nTo: ${ownMail}\nSubject: ${subject}\nMessage-ID: <${agoMs}@example.org>\nDate: ${at.toUTCString()}\n` +
        `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${text}\n`,
      at,
    );
  }

  /** With a picture that came along and one of another server. */
  illustrated(agoMs: number, from: string, subject: string, html: string): void {
    const at = new Date(this.#start - agoMs);
    const part = (head: string, body: string) => `--part\n${head}\n\n${body}\n`;
    this.mail.append(
      `From: ${from}\nTo: ${ownMail}\nSubject: ${subject}\nMessage-ID: <${agoMs}@example.org>\nDate: ${at.toUTCString()}\n` +
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary=part\n\n' +
        part('Content-Type: text/html; charset=utf-8', html) +
        part(
          'Content-Type: image/png; name=chart.png\nContent-Transfer-Encoding: base64\nContent-ID: <chart@harbour>',
          this.chart.toString('base64'),
        ) +
        '--part--\n',
      at,
    );
  }

  async text(from: string, text: string): Promise<void> {
    await this.smsc.deliver({ source_addr: from.slice(1), short_message: { message: text } });
  }

  async contact(name: string): Promise<Named> {
    return eventually(async () => {
      const { items } = await this.parley.ok('GET', '/contacts?limit=100');
      return items.find((one: Named) => one.name === name);
    });
  }

  async conversation(name: string): Promise<Named> {
    return eventually(async () => {
      const { items } = await this.parley.ok('GET', '/conversations?limit=100');
      return items.find((one: Named) => one.name === name);
    });
  }

  async unite(name: string, [first, ...others]: string[]): Promise<void> {
    const { id } = await this.contact(first ?? '');
    for (const other of others) {
      const { id: contactId } = await this.contact(other);
      await this.parley.ok('POST', `/contacts/${id}/merge`, { contactId });
    }
    await this.parley.ok('PATCH', `/contacts/${id}`, { name });
    const { id: conversation } = await this.conversation(name);
    await this.parley.ok('POST', `/conversations/${conversation}/accept`);
    await this.read(conversation);
  }

  async read(conversation: string): Promise<void> {
    const { items } = await this.parley.ok('GET', `/conversations/${conversation}/messages?limit=1`);
    await this.parley.ok('PATCH', `/conversations/${conversation}`, { readMessageId: items[0].id });
  }

  /** Writes, and waits until every delivery is in one of these states. */
  async write(conversation: Named, body: Record<string, unknown>, ...ends: string[]): Promise<string> {
    const { message } = await this.parley.ok('POST', `/conversations/${conversation.id}/messages`, body);
    await eventually(async () => {
      const { items } = await this.parley.ok('GET', `/messages/${message.id}/deliveries`);
      return items.every(({ status }: { status: string }) => ends.includes(status)) || undefined;
    }, 90_000);
    return message.id;
  }
}
