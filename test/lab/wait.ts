import { connect as connectPlain, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

export const host = '127.0.0.1';

/** Tries `check` until it stops throwing; after `timeoutMs` fails with its last reason. `stillWorth` may end it early by throwing. */
export async function until(
  what: string,
  check: () => Promise<unknown> | unknown,
  timeoutMs = 10_000,
  stillWorth: () => void = () => {},
): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      stillWorth();
      if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: error });
      await sleep(20);
    }
  }
}

export type Talk = { port: number; say?: string; expect: RegExp; tls?: boolean; timeoutMs?: number };

/** Connects, says a line if asked to, and resolves with what was read once it matches; rejects on silence or another answer's end. */
export function talk({ port, say, expect, tls = false, timeoutMs = 2_000 }: Talk): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = tls ? connectTls({ host, port, rejectUnauthorized: false }) : connectPlain({ host, port });
    let heard = '';
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`${host}:${port} ${why}${heard ? `, said ${JSON.stringify(heard.slice(0, 200))}` : ''}`));
    };
    socket.setTimeout(timeoutMs, () => fail(`said nothing like ${expect} within ${timeoutMs} ms`));
    socket.once('error', (error) => fail(error.message));
    socket.once('close', () => fail('closed the connection'));
    if (say) socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(say));
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      if (heard.length > 100_000) fail('talks too much');
      if (!expect.test(heard)) return;
      socket.destroy();
      resolve(heard);
    });
  });
}
