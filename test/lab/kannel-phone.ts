import { connect, type Socket } from 'node:net';
import type { Phones } from './phones.ts';
import { decodeUcs2, encodeUcs2, isGsm, splitHeader } from './sms-text.ts';
import type { Switch } from './types.ts';
import { host, until } from './wait.ts';

/**
 * The phone side of Kannel's fake message centre. Bearerbox listens; one client connects and is every phone. A line is
 * a message, `sender receiver type content`: `text` as it is, `ucs2` (to Kannel) and `ucs-2` (from it) as UTF-16BE,
 * `data` as octets, `udh HEADER data CONTENT`, where all but `text` are URL-encoded. Line breaks in a `text` stand as they
 * are: what does not begin like a message goes on with the one before.
 */
export interface KannelPhone extends Switch {
  send(from: string, to: string, text: string): void;
}

const textEndsAfterMs = 10;
const longestText = 10_000;

export function kannelPhone(port: number, phones: Phones): KannelPhone {
  let socket: Socket | undefined;

  let open: { from: string; to: string; text: string; timer: NodeJS.Timeout } | undefined;

  const closeText = () => {
    if (!open) return;
    const { from, to, text, timer } = open;
    clearTimeout(timer);
    open = undefined;
    phones.arrive({ via: 'http', from, to, body: Buffer.from(text, 'latin1') }, (body) => body.toString('utf8'));
  };

  const onLine = (line: string) => {
    const [, from = '', to = '', type, rest = ''] = /^(\S+) (\S+) (text|data|ucs-2|udh) (.*)$/.exec(line) ?? [];
    if (!type && open && open.text.length + line.length < longestText) {
      open.text += `\n${line}`;
      open.timer.refresh();
      return;
    }
    closeText();
    switch (type) {
      case 'udh': {
        const [header = '', , content = ''] = rest.split(' ');
        const { body, part } = splitHeader(Buffer.concat([urlDecoded(header), urlDecoded(content)]));
        return phones.arrive({ via: 'http', from, to, body, part }, decodeUnlabelled);
      }
      case 'ucs-2':
        return phones.arrive({ via: 'http', from, to, body: urlDecoded(rest) }, decodeUcs2);
      case 'data':
        return phones.arrive({ via: 'http', from, to, body: urlDecoded(rest) }, (body) => body.toString('latin1'));
      case 'text':
        open = { from, to, text: rest, timer: setTimeout(closeText, textEndsAfterMs) };
        open.timer.unref();
    }
  };

  const connected = () =>
    new Promise<void>((resolve, reject) => {
      const opened = connect({ host, port });
      socket = opened;
      opened.unref();
      opened.once('connect', resolve);
      opened.once('error', reject);
      opened.on('error', () => {});
      let rest = '';
      opened.setEncoding('latin1');
      opened.on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
    });

  return {
    up: async () => {
      // Bearerbox runs a moment before its fake message centre listens.
      if (!socket || socket.destroyed) await until('the fake message centre', connected);
    },
    down: async () => {
      closeText();
      socket?.destroy();
      socket = undefined;
    },
    send: (from, to, text) => {
      if (!socket || socket.destroyed) throw new Error('Kannel is down');
      const plain = isGsm(text) && !/[\r\n]/.test(text);
      const content = plain ? `text ${text}` : `ucs2 ${urlEncoded(encodeUcs2(text))}`;
      socket.write(`${from} ${to} ${content}\n`);
    },
  };
}

const urlEncoded = (bytes: Buffer): string => bytes.toString('hex').replace(/../g, '%$&');

function urlDecoded(text: string): Buffer {
  const plain = text
    .replace(/\+/g, ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}

/** A message with a header does not say its alphabet: Kannel sends UTF-8 for GSM text and UTF-16BE for UCS-2. */
function decodeUnlabelled(body: Buffer): string {
  const text = body.toString('utf8');
  return text.includes('\0') || text.includes('\ufffd') ? decodeUcs2(body) : text;
}
