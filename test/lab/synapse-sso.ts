import { createServer, type Server } from 'node:http';
import type { Switch } from './types.ts';
import { host } from './wait.ts';

/**
 * The sign-on page behind Synapse (a CAS server): whoever comes is signed in as this user at once, and the ticket that
 * is brought back is good once.
 */
export function signOnPage(port: number): Switch & { user: string } {
  const user = 'carol';
  const tickets = new Set<string>();
  let server: Server | undefined;
  return {
    user,
    async up() {
      const started = createServer((request, response) => {
        const url = new URL(request.url ?? '/', `http://${host}:${port}`);
        if (url.pathname === '/login') {
          const back = URL.parse(url.searchParams.get('service') ?? '');
          if (!back) return void response.writeHead(400).end();
          const ticket = `ST-${crypto.randomUUID()}`;
          tickets.add(ticket);
          back.searchParams.set('ticket', ticket);
          return void response.writeHead(302, { location: back.href }).end();
        }
        const known = tickets.delete(url.searchParams.get('ticket') ?? '');
        response.writeHead(200, { 'content-type': 'application/xml' }).end(known ? success(user) : failure);
      });
      started.unref();
      await new Promise<void>((resolve, reject) => {
        started.once('error', reject).listen(port, host, () => resolve());
      });
      server = started;
    },
    async down() {
      const running = server;
      server = undefined;
      running?.closeAllConnections();
      await new Promise<void>((resolve) => (running ? running.close(() => resolve()) : resolve()));
    },
  };
}

const answer = (inside: string) =>
  `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">${inside}</cas:serviceResponse>`;
const success = (user: string) =>
  answer(`<cas:authenticationSuccess><cas:user>${user}</cas:user></cas:authenticationSuccess>`);
const failure = answer('<cas:authenticationFailure code="INVALID_TICKET">unknown</cas:authenticationFailure>');
