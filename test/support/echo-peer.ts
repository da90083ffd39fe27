import type { Network } from '../../src/adapters/echo/network.js';
import type { Peer } from '../../src/sdk/testing/peer.js';

let people = 0;

/**
 * The other side of the practice network: its buddy `historian`, who hears, does not answer and has a past, and the
 * server's switches.
 */
export class EchoPeer implements Peer {
  readonly partner = 'historian';
  readonly #name = `tester-${++people}`;

  constructor(private readonly network: Network) {}

  get login() {
    return { flow: 'name', inputs: [{ name: this.#name, secret: 'open-sesame', buddies: 'echo, historian' }] };
  }

  get badInputs() {
    const good = { name: this.#name };
    return [
      { input: { ...good, name: ' ' }, field: 'name' },
      { input: { ...good, name: 'a\nb' }, field: 'name' },
      { input: { ...good, name: 'x'.repeat(65) }, field: 'name' },
      { input: { ...good, secret: 'x'.repeat(201) }, field: 'secret' },
      { input: { ...good, buddies: `echo, ${'x'.repeat(65)}` }, field: 'buddies' },
    ];
  }

  async say(text: string): Promise<void> {
    this.network.say(this.#name, this.partner, text, Date.now());
  }

  async heard(text: string, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (this.count(text) === 0) {
      if (Date.now() > deadline) throw new Error(`"${text}" was not heard within ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  count(text: string): number {
    return this.texts().filter((heard) => heard.includes(text)).length;
  }

  texts(): string[] {
    const heard = this.network.find(this.#name)?.heard ?? [];
    return heard.filter(({ buddy }) => buddy === this.partner).map(({ text }) => text);
  }

  async cut(): Promise<void> {
    this.network.cut();
  }

  async down(): Promise<void> {
    this.network.trouble = 'away';
    this.network.cut();
  }

  async up(): Promise<void> {
    this.network.trouble = undefined;
    this.network.refusing = false;
  }

  async refuseAuth(): Promise<void> {
    this.network.refusing = true;
  }

  async garbage(): Promise<void> {
    this.network.trouble = 'garbled';
  }

  async hang(): Promise<void> {
    this.network.trouble = 'silent';
  }

  async stop(): Promise<void> {
    await this.up();
  }
}
