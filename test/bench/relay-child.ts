import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { answer } from './children.ts';

/**
 * The floor: what any gateway in Node has to do, and nothing else. One socket reads the lines, each is taken apart just
 * enough to be shown, what one read brought goes out as one frame. Nothing is stored, checked or ordered.
 */
const line = /^(?:@(\S*) )?:([^!\s]+)\S* PRIVMSG (\S+) :(.*)$/;

async function relay(host: string, port: number, channel: string): Promise<string> {
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(sockets, 'listening');
  const irc = connect({ host, port, noDelay: true });
  irc.setEncoding('utf8');
  await once(irc, 'connect');
  irc.write(
    'CAP LS 302\r\nCAP REQ :server-time message-tags\r\nCAP END\r\nNICK floor\r\nUSER floor 0 * :floor\r\n' +
      `JOIN ${channel}\r\n`,
  );
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

answer({ relay });
