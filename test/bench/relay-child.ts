import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { answer } from './children.ts';
import { type ProcessMemory, processMemory } from './process-use.ts';

/**
 * The floor: what any gateway in Node has to do, and nothing else. One socket reads the lines, each is taken apart just
 * enough to be shown, what one read brought goes out as one frame. Nothing is stored, checked or ordered.
 */
const idleMs = 5_000;
const line = /^(?:@(\S*) )?:([^!\s]+)\S* PRIVMSG (\S+) :(.*)$/;

async function relay(host: string, port: number, channel: string): Promise<string> {
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(sockets, 'listening');
  const irc = await join(host, port, 'floor', channel);
  let rest = '';
  let rev = 0;
  irc.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    const changes = [];
    for (const text of lines) {
      const [, tags, name, chatId, said] = line.exec(text) ?? [];
      if (said === undefined) continue;
      const sentAt = /(?:^|;)time=([^;]*)/.exec(tags ?? '')?.[1];
      const id = /(?:^|;)msgid=([^;]*)/.exec(tags ?? '')?.[1];
      rev += 1;
      changes.push({ kind: 'message', id, rev, value: { id, chatId, sender: { name }, text: said, sentAt, rev } });
    }
    if (changes.length === 0) return;
    const frame = JSON.stringify({ type: 'changes', changes, rev });
    for (const client of sockets.clients) if (client.readyState === WebSocket.OPEN) client.send(frame);
  });
  const address = sockets.address();
  if (typeof address !== 'object' || address === null) throw new Error('the relay has no port');
  return `ws://127.0.0.1:${address.port}`;
}

async function join(host: string, port: number, nick: string, channel: string): Promise<Socket> {
  const irc = connect({ host, port, noDelay: true });
  irc.setEncoding('utf8');
  await once(irc, 'connect');
  irc.write(
    `CAP LS 302\r\nCAP REQ :server-time message-tags\r\nCAP END\r\nNICK ${nick}\r\nUSER ${nick} 0 * :${nick}\r\n` +
      `JOIN ${channel}\r\n`,
  );
  return irc;
}

/** Takes a text over HTTP, writes it to the network, and only then answers. */
async function gate(host: string, port: number): Promise<string> {
  const irc = await join(host, port, 'gate', '#gate');
  const http = createServer(async (request, response) => {
    const { to, text }: { to: string; text: string } = JSON.parse(await readText(request));
    irc.write(`PRIVMSG ${to} :${text}\r\n`);
    response.end('{}');
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (typeof address !== 'object' || address === null) throw new Error('the relay has no port');
  return `http://127.0.0.1:${address.port}`;
}

const idling: Socket[] = [];

/** So many more connections that are left alone, and the memory of this process after a while. */
async function idle(host: string, port: number, more: number): Promise<ProcessMemory> {
  for (let done = 0; done < more; done += 1) {
    const irc = await join(host, port, `idle${idling.length}`, '#idle');
    let rest = '';
    irc.on('data', (chunk: string) => {
      rest = (rest + chunk).split('\r\n').pop() ?? '';
    });
    idling.push(irc);
  }
  await sleep(idleMs);
  return processMemory('self');
}

answer({ relay, gate, idle });
