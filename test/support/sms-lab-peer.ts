import type { WebhookRequest, WebhookResponse } from '../../src/sdk/index.js';
import type { Peer } from '../../src/sdk/testing/peer.js';
import type { SmscLab } from '../lab/types.js';
import { PublicSide } from './sms-parts.js';

const token = 'a-secret-for-the-lab-0123';
let phones = 0;

/** The lab's SMS centre and Kannel as a conformance peer, each with a phone of its own. */
export class SmsLabPeer implements Peer {
  /** A number nobody else in this run uses, so that counts are this peer's own. */
  readonly partner = `+447700${String(900_200 + ++phones)}`;
  readonly badInputs: Peer['badInputs'] = [];
  readonly #public = new PublicSide();
  #isDown = false;

  private constructor(
    private readonly lab: SmscLab,
    private readonly via: 'smpp' | 'http',
  ) {}

  static async start(lab: SmscLab, via: 'smpp' | 'http'): Promise<SmsLabPeer> {
    const peer = new SmsLabPeer(lab, via);
    if (via === 'smpp') return peer;
    await peer.#public.up();
    await lab.http.setCallback(`${peer.#public.url}/incoming?token=${token}`);
    return peer;
  }

  get login() {
    const { host, port, systemId, password, number } = this.lab.smpp;
    if (this.via === 'smpp') return { flow: 'smpp', inputs: [{ host, port, systemId, password, from: number }] };
    const { url, username, password: secret, number: from } = this.lab.http;
    return { flow: 'http', inputs: [{ url, username, password: secret, from, webhookToken: token }] };
  }

  get webhookUrl(): string | undefined {
    return this.via === 'http' ? this.#public.url : undefined;
  }

  attach(host: { webhook(request: WebhookRequest): Promise<WebhookResponse> }): void {
    this.#public.attach(host);
  }

  say(text: string): Promise<void> {
    return this.lab.sendFromPhone(this.via, this.partner, this.lab[this.via].number, text);
  }

  async heard(text: string, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (this.count(text) === 0) {
      if (Date.now() > deadline) throw new Error(`the phone did not show "${text}" within ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  count(text: string): number {
    return this.lab.received(this.partner).filter((sms) => sms.via === this.via && sms.text.includes(text)).length;
  }

  async cut(): Promise<void> {
    this.lab.cut();
  }

  async down(): Promise<void> {
    this.#isDown = true;
    await this.lab.down();
  }

  async up(): Promise<void> {
    if (this.#isDown) await this.lab.up();
    this.#isDown = false;
  }

  texts(): string[] {
    return this.lab.received(this.partner).map((sms) => sms.text);
  }

  async stop(): Promise<void> {
    await this.up();
    await this.#public.down();
  }
}
