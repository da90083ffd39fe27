import type { IrcMessage } from 'irc-framework';
import type { Clock, Timers } from '../../sdk/index.js';
import { textLine } from './wire.js';

const pauseMs = 2_000;

/** What programs ask each other, and what ours answers. */
const answers: Record<string, (rest: string, now: number) => string | undefined> = {
  VERSION: () => 'Parley',
  PING: (rest) => (rest.length <= 100 ? rest : undefined),
  TIME: (_rest, now) => new Date(now).toISOString(),
  CLIENTINFO: () => 'ACTION CLIENTINFO PING TIME VERSION',
};

/** Questions by CTCP: at most one every other second is answered, as answering all of a flood would be one. */
export class Ctcp {
  #answers = true;

  constructor(
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly command: (text: string) => void,
  ) {}

  /** Answers whether it is a question this program knows, answered or not. */
  onQuestion(message: IrcMessage, ctcp: string, willing: boolean): boolean {
    const [, kind = '', rest = ''] = /^([A-Z]{1,20})(?: (.*))?$/s.exec(ctcp) ?? [];
    const answer = Object.hasOwn(answers, kind) ? answers[kind] : undefined;
    if (!answer) return false;
    if (!willing || !this.#answers) return true;
    const words = answer(rest, this.clock.now());
    if (words === undefined) return true;
    this.#answers = false;
    this.timers.set('ctcp', pauseMs, () => {
      this.#answers = true;
    });
    this.command(textLine('NOTICE', message.nick, `\x01${kind}${words === '' ? '' : ` ${words}`}\x01`));
    return true;
  }
}
