import { oneLine } from './reasons.js';
import { Scram, type ScramName } from './scram.js';
import type { Settings } from './settings.js';

/** The strongest first. */
export const mechanisms = ['EXTERNAL', 'SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] as const;
export type Mechanism = (typeof mechanisms)[number];

const chunk = 400;
const longest = 8_192;

export type SaslPorts = {
  write(text: string): void;
  /** Only the person can help. */
  refuse(why: string): void;
  /** Broken off; to be tried again later. */
  broken(why: string): void;
};

/** What can be tried with what the person gave, of what the server offers; `''` is an offer without a list. */
export function candidates(settings: Settings, offered: string): Mechanism[] {
  const { password, clientCertificate, tls, mechanism } = settings;
  const list = offered.toUpperCase().split(',');
  const safer = mechanism?.startsWith('SCRAM-') ?? false;
  return mechanisms.filter((one) => {
    if (one === 'EXTERNAL' ? clientCertificate === undefined || tls === 'off' : password === undefined) return false;
    if (one === 'PLAIN' && safer) return false;
    return offered === '' ? one === 'EXTERNAL' || one === 'PLAIN' : list.includes(one);
  });
}

/** The sign-in by SASL on one connection: mechanism after mechanism until one is taken. */
export class Sasl {
  #left: Mechanism[] = [];
  #scram: Scram | undefined;
  #input = '';
  #step: 'idle' | 'first' | 'final' | 'proof' | 'answered' = 'idle';
  mechanism: Mechanism | undefined;
  is: 'none' | 'begun' | 'done' = 'none';

  constructor(
    private readonly settings: Settings,
    private readonly ports: SaslPorts,
  ) {}

  /** What the server offers. */
  offered(list: string): void {
    if (this.is === 'none') this.#left = candidates(this.settings, list);
  }

  /** There is something to try. */
  get canTry(): boolean {
    return this.#left.length > 0;
  }

  begin(): void {
    this.is = 'begun';
    this.#next();
  }

  /** A part of what the server says to us by AUTHENTICATE. */
  onData(data: string): void {
    if (this.is !== 'begun') return;
    if (data !== '+') this.#input += data;
    if (this.#input.length > longest) return void this.ports.broken('it says more than any mechanism has to');
    if (data.length === chunk) return;
    const challenge = Buffer.from(this.#input, 'base64').toString('utf8');
    this.#input = '';
    void this.#answer(challenge).catch((error: unknown) => {
      this.ports.write('AUTHENTICATE *');
      this.ports.broken(oneLine(error instanceof Error ? error.message : 'it failed', 200));
    });
  }

  /** The server has taken it. Answers false for a server that has not kept its side: then the link is given up. */
  onTaken(): boolean {
    // Services may know us by other signs.
    if (this.is !== 'begun') return true;
    if (this.#scram && !this.#scram.verified) {
      this.ports.broken('it could not prove that it knows the password');
      return false;
    }
    this.is = 'done';
    return true;
  }

  /** Refused. The next mechanism is tried where there is one, else the person is asked. */
  onRefused(words: string): void {
    if (this.is !== 'begun') return;
    const what = this.mechanism === 'EXTERNAL' ? 'your certificate' : 'the password';
    if (this.#left.length > 0) this.#next();
    else this.ports.refuse(`the server refused ${what}: ${oneLine(words, 200)}`);
  }

  /** The server says which mechanisms it has (908). */
  onMechanisms(list: string): void {
    this.#left = this.#left.filter((one) => list.toUpperCase().split(',').includes(one));
  }

  #next(): void {
    this.mechanism = this.#left.shift();
    this.#scram = undefined;
    this.#input = '';
    this.#step = 'first';
    this.ports.write(`AUTHENTICATE ${this.mechanism}`);
  }

  async #answer(challenge: string): Promise<void> {
    const { account, nick, password = '' } = this.settings;
    const name = account ?? nick;
    if (this.#step === 'first' && this.mechanism === 'EXTERNAL') return this.#say(account ?? '', 'answered');
    if (this.#step === 'first' && this.mechanism === 'PLAIN') {
      return this.#say(`${name}\0${name}\0${password}`, 'answered');
    }
    if (this.#step === 'first') {
      this.#scram = new Scram(this.mechanism as ScramName, name, password);
      return this.#say(this.#scram.first(), 'final');
    }
    const scram = this.#scram;
    if (this.#step === 'final' && scram) {
      this.#step = 'answered';
      const answer = await scram.final(challenge);
      if (this.#scram === scram) this.#say(answer, 'proof');
    } else if (this.#step === 'proof' && scram) {
      // A server may say what is wrong in place of its proof; its refusal follows.
      if (!challenge.startsWith('e=')) scram.verify(challenge);
      this.#say('', 'answered');
    }
  }

  #say(text: string, next: 'final' | 'proof' | 'answered'): void {
    this.#step = next;
    const data = Buffer.from(text, 'utf8').toString('base64');
    for (let at = 0; at < data.length; at += chunk) this.ports.write(`AUTHENTICATE ${data.slice(at, at + chunk)}`);
    if (data.length % chunk === 0) this.ports.write('AUTHENTICATE +');
  }
}
