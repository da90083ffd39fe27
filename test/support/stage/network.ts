import http from 'node:http';
import { pathToFileURL } from 'node:url';
import type { AccountInfo, Adapter, Features, Host, LoginProcess, Manifest } from '../../../src/sdk/index.js';
import { StageConnection } from './connection.ts';
import type { Order } from './orders.ts';
import { usualSend } from './usual.ts';

/** What every network on the stage has in common: its orders come over a socket, as those of a scripted server would. */
export const sdk: typeof import('../../../src/sdk/index.js') = await import(
  pathToFileURL(process.env.STAGE_SDK ?? '').href
);
const port = Number(process.env.STAGE_PORT);
const connections = new Map<string, StageConnection>();

const field = { name: 'name', label: 'Your name there', kind: 'text', required: true } as const;

function login(flow: string, { callbackUrl, callbackState }: Parameters<Adapter['login']>[1]): LoginProcess {
  const done = (name: string) => ({ type: 'done', session: { name }, remoteId: name, remoteName: name }) as const;
  const away = new URL(`http://127.0.0.1:${port}/page`);
  away.searchParams.set('back', `${callbackUrl}?state=${callbackState}`);
  return {
    start: async () =>
      flow === 'elsewhere' ? { type: 'redirect', url: away.href } : { type: 'form', fields: [field] },
    async next(input) {
      if (flow !== 'elsewhere') return done(String(input.name));
      if (input.code !== 'right') throw new sdk.AdapterError('rejected', 'The other site did not let you in.');
      return done('robin');
    },
    cancel: async () => {},
  };
}

const open = (account: AccountInfo, host: Host) => {
  const connection = new StageConnection(host, sdk);
  connections.set(account.remoteId, connection);
  return connection;
};

const offline = () => Promise.reject(new sdk.AdapterError('temporary', 'not connected'));
export const usual: Features = {
  send: { ...usualSend, message: offline },
  edits: { message: offline },
  deletions: { message: offline },
  reactions: { set: offline },
  typing: { set: offline },
  readReceipts: { upTo: offline },
  presence: true,
  history: { before: offline },
  members: { list: offline },
  invites: { invite: offline },
  topic: { set: offline },
};

export const onStage = (manifest: Manifest): Adapter => ({ manifest, login, open });

/** One grey dot. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNsaGj4DwAFhAKAjM1mJgAAAABJRU5ErkJggg==',
  'base64',
);

/** The page another site would show: it sends the browser back at once. */
function page(back: string): string {
  const there = (code: string) => `${back}&code=${code}`.replaceAll('&', '&amp;');
  return `<!doctype html><title>Other site</title><a href="${there('right')}">Let me in</a> <a href="${there('wrong')}">Refuse</a>`;
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://stage');
  if (url.pathname === '/page') {
    response.setHeader('content-type', 'text/html');
    return response.end(page(url.searchParams.get('back') ?? ''));
  }
  if (url.pathname === '/image.png') {
    response.setHeader('content-type', 'image/png');
    return response.end(picture);
  }
  if (request.method !== 'POST') return response.writeHead(204).end();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const order: Order = JSON.parse(Buffer.concat(chunks).toString());
    const connection = connections.get(order.account);
    if (!connection) return response.writeHead(404).end('no such account');
    connection.take(order).then(
      (answer) => response.end(JSON.stringify(answer ?? null)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
});
server.listen(port, '127.0.0.1');
server.unref();
