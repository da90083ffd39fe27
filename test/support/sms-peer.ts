import smpp, { type PDU, type Session } from 'smpp';
import type { Peer } from '../../src/sdk/testing/peer.js';
import { digits, Listener, own, Phone, partner } from './sms-parts.js';

type Mode = 'well' | 'garbage' | 'hang';
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

  texts(): string[] {
    return this.phone.texts;
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
