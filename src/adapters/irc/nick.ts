import type { Shared } from './shared.js';
import { line, textLine } from './wire.js';

const reclaimMs = 60_000;
/** Services take a moment to free a nick. */
const servicesMs = 3_000;
const mostAsks = 5;

/** Our own nick, where somebody else has it: asked for from time to time, and when it is seen to be free. */
export class OwnNick {
  #asks = 0;

  constructor(private readonly shared: Shared) {}

  get #wanted(): string {
    return this.shared.memory.settings.nick;
  }

  reclaim(): void {
    const { timers, sender, link, isOwn } = this.shared;
    timers.drop('reclaim');
    timers.drop('services');
    if (isOwn(this.#wanted)) return;
    if (link.support.monitor > 0) sender.command(line('MONITOR', ['+', this.#wanted]));
    this.#askServices();
    const ask = () => {
      this.#take();
      this.#askServices();
      timers.set('reclaim', reclaimMs, ask);
    };
    timers.set('reclaim', reclaimMs, ask);
  }

  onFree(nick: string): void {
    const { fold, isOwn } = this.shared;
    if (fold(nick) === fold(this.#wanted) && !isOwn(this.#wanted)) this.#take();
  }

  /** Only once services know us: a password is never written to whoever has the nick of NickServ. */
  #askServices(): void {
    const { memory, link, sender, timers } = this.shared;
    const { recover } = memory.settings;
    if (recover === 'none' || !link.isSignedIn || this.#asks >= mostAsks) return;
    this.#asks += 1;
    sender.command(textLine('PRIVMSG', 'NickServ', `${recover} ${this.#wanted}`));
    if (recover !== 'REGAIN') timers.set('services', servicesMs, () => this.#take());
  }

  #take(): void {
    this.shared.sender.command(line('NICK', [this.#wanted]));
  }
}
