import type { Shown } from '../arrivals.ts';
import { TextSocket } from './text-socket.ts';

let shown = 0;

/** What an IRC client shows of a line. Nothing tells two lines of the same text apart: each is a message. */
export function shownInLine(line: string): Shown[] {
  const [, target, text] = / PRIVMSG (\S+) :(.*?)\r?$/.exec(line) ?? [];
  return target === undefined || text === undefined ? [] : [{ id: String(++shown), chat: target, text }];
}

/** Who does not answer a ping is taken for gone after a while. ZNC says with each of them when it was sent. */
export function pong(line: string): string | undefined {
  const token = /^(?:@\S+ )?(?::\S+ )?PING (.*?)\r?$/.exec(line)?.[1];
  return token === undefined ? undefined : `PONG ${token}\r\n`;
}

/** An IRC client that is signed in once `ready` was said, with the time of each line where that is offered. */
export async function openIrcClient(
  at: { host: string; port: number },
  { nick, password, ready }: { nick: string; password?: string; ready: RegExp },
): Promise<TextSocket> {
  const socket = await TextSocket.open(at, '\n', shownInLine, pong);
  const pass = password === undefined ? '' : `PASS ${password}\r\n`;
  const hello = `CAP LS 302\r\nCAP REQ :server-time\r\n${pass}NICK ${nick}\r\nUSER ${nick} 0 * :${nick}\r\nCAP END\r\n`;
  try {
    await socket.ask(hello, ready);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
