import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Switch } from './types.ts';
import { host } from './wait.ts';

const clientId = 'parley-lab';
const clientSecret = 'parley-lab-secret';

type Code = { username: string; challenge: string; redirect: string };

export type OAuthProvider = {
  authorizeUrl: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** What its page would show: every request for consent that it granted. */
  readonly asked: { scope: string | null; hint: string | null }[];
  /** How often tokens were handed out for a refresh token. */
  readonly refreshes: number;
  /** Seconds the next access tokens last; 3600 at first. */
  lifetime: number;
  /** Access tokens that were given out are worth nothing any more; refresh tokens still are. */
  expire(): void;
  /** The person has taken the consent back: no token is worth anything. */
  revoke(): void;
  /** From now on consent is refused (or granted again). */
  consents: boolean;
  /** The token endpoint has trouble: it answers 503. */
  broken: boolean;
};

/**
 * An OAuth 2.0 provider that grants everything at once: authorization codes with PKCE (S256), refresh tokens that are
 * replaced at each use, and introspection for the mail server. `usernameOf` says whose mailbox a login hint names.
 */
export function oauthProvider(port: number, usernameOf: (hint: string) => string | undefined): OAuthProvider & Switch {
  const codes = new Map<string, Code>();
  const access = new Map<string, { username: string; until: number }>();
  const refresh = new Map<string, string>();
  const base = `http://${host}:${port}`;
  let server: Server | undefined;
  let refreshes = 0;

  const provider = {
    authorizeUrl: `${base}/authorize`,
    tokenUrl: `${base}/token`,
    clientId,
    clientSecret,
    asked: [] as { scope: string | null; hint: string | null }[],
    get refreshes() {
      return refreshes;
    },
    lifetime: 3600,
    consents: true,
    broken: false,
    expire: () => access.clear(),
    revoke() {
      access.clear();
      refresh.clear();
    },
    async up() {
      const started = createServer((request, response) => void answer(request, response));
      await new Promise<void>((resolve, reject) => {
        started.once('error', reject);
        started.listen(port, host, resolve);
      });
      server = started;
    },
    async down() {
      const running = server;
      server = undefined;
      if (!running) return;
      running.closeAllConnections();
      await new Promise<void>((resolve) => running.close(() => resolve()));
    },
  };

  const json = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const redirect = query.get('redirect_uri') ?? '';
    const challenge = query.get('code_challenge');
    const username = usernameOf(query.get('login_hint') ?? '');
    const sound =
      query.get('response_type') === 'code' &&
      query.get('client_id') === clientId &&
      query.get('code_challenge_method') === 'S256' &&
      challenge &&
      username &&
      URL.canParse(redirect);
    if (!sound) {
      json(response, 400, { error: 'invalid_request' });
      return;
    }
    const back = new URL(redirect);
    back.searchParams.set('state', query.get('state') ?? '');
    if (provider.consents) {
      const code = randomBytes(16).toString('hex');
      codes.set(code, { username, challenge, redirect });
      provider.asked.push({ scope: query.get('scope'), hint: query.get('login_hint') });
      back.searchParams.set('code', code);
    } else {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'The person said no.');
    }
    response.writeHead(302, { location: back.href }).end();
  }

  function grant(response: ServerResponse, username: string): void {
    const [token, again] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')];
    access.set(token, { username, until: Date.now() + provider.lifetime * 1000 });
    refresh.set(again, username);
    const words = { token_type: 'Bearer', expires_in: provider.lifetime };
    json(response, 200, { ...words, access_token: token, refresh_token: again });
  }

  function token(form: URLSearchParams, response: ServerResponse): void {
    if (provider.broken) {
      json(response, 503, { error: 'temporarily_unavailable' });
      return;
    }
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
      json(response, 401, { error: 'invalid_client' });
      return;
    }
    const kind = form.get('grant_type');
    if (kind === 'refresh_token') {
      const username = refresh.get(form.get('refresh_token') ?? '');
      if (!username) {
        json(response, 400, { error: 'invalid_grant', error_description: 'revoked' });
        return;
      }
      refresh.delete(form.get('refresh_token') ?? '');
      refreshes += 1;
      grant(response, username);
      return;
    }
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!code || proof !== code.challenge || form.get('redirect_uri') !== code.redirect) {
      json(response, 400, { error: 'invalid_grant', error_description: 'no such code' });
      return;
    }
    grant(response, code.username);
  }

  function introspect(request: IncomingMessage, response: ServerResponse): void {
    const known = access.get((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    // RFC 7662: of a token that is worth nothing no more is said.
    if (!known || known.until <= Date.now()) json(response, 200, { active: false });
    else json(response, 200, { username: known.username, active: true });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', base);
    if (url.pathname === '/authorize') {
      authorize(url.searchParams, response);
      return;
    }
    if (url.pathname === '/introspect') {
      introspect(request, response);
      return;
    }
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    if (url.pathname === '/token') token(new URLSearchParams(body), response);
    else json(response, 404, { error: 'not here' });
  }

  return provider;
}

/** The address where a mail server asks whose an access token is. */
export const introspectionUrl = (port: number): string => `http://${host}:${port}/introspect`;
