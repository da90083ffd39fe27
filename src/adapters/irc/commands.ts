import { line, textLine } from './wire.js';

/** What would end the connection, sign in anew or break the bookkeeping of answers. */
const forbidden = new Set('QUIT CAP AUTHENTICATE PASS USER PING PONG ERROR BATCH NICK CHATHISTORY TAGMSG'.split(' '));

export type Names = { nick: string; account: string };

/**
 * A line a person wants sent after each sign-in, as the line that goes out; `$nick` and `$account` stand for their
 * values. Undefined for what is none, or none that may be sent.
 */
export function readCommand(typed: string, names: Names = { nick: 'nick', account: 'account' }): string | undefined {
  const text = typed
    .trim()
    .replace(/^\//, '')
    .replace(/^(msg|query) /i, 'PRIVMSG ');
  const [, word = '', rest = ''] = /^([A-Za-z]{2,20})(?: +(.*))?$/s.exec(text) ?? [];
  const command = word.toUpperCase();
  if (command === '' || forbidden.has(command) || /\p{Cc}/u.test(text)) return undefined;
  const filled = rest.replace(/\$(nick|account)\b/g, (_all, name: 'nick' | 'account') => names[name]);
  const [target = '', ...words] = filled.split(' ').filter((one) => one !== '');
  try {
    if (command === 'PRIVMSG' || command === 'NOTICE') {
      const said = words.join(' ').replace(/^:/, '');
      return target === '' || said === '' ? undefined : textLine(command, target, said);
    }
    const at = filled.indexOf(' :');
    const params = (at < 0 ? filled : filled.slice(0, at)).split(' ').filter((one) => one !== '');
    return line(command, at < 0 ? params : [...params, filled.slice(at + 2)]);
  } catch {
    return undefined;
  }
}
