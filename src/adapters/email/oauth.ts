import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AdapterError, type Host } from '../../sdk/index.js';
import { oneLine } from './addresses.js';
import type { Config, Grant, MailServer } from './settings.js';

/** Tokens are renewed this long before they end. */
const marginMs = 60_000;
const answerMs = 20_000;
const maxAnswer = 100_000;

export type Provider = {
  id: string;
  label: string;
  authorizeUrl: string;
  tokenUrl: string;
  scope: string;
  /** More of the query of the page that asks the person. */
  extra?: Record<string, string>;
  imap: MailServer;
  smtp: MailServer;
};

/** Providers whose addresses are known. Each hands out client ids to whoever registers a program of their own. */
export const providers: readonly Provider[] = [
  {
    id: 'google',
    label: 'Google',
    authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    scope: 'https://mail.google.com/',
    extra: { access_type: 'offline', prompt: 'consent' },
    imap: { host: 'imap.gmail.com', port: 993, tls: 'on' },
    smtp: { host: 'smtp.gmail.com', port: 465, tls: 'on' },
  },
  {
    id: 'microsoft',
    label: 'Microsoft',
    authorizeUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    tokenUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    scope: 'offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send',
    imap: { host: 'outlook.office365.com', port: 993, tls: 'on' },
    smtp: { host: 'smtp.office365.com', port: 587, tls: 'starttls' },
  },
  {
    id: 'yahoo',
    label: 'Yahoo',
    authorizeUrl: 'https://api.login.yahoo.com/oauth2/request_auth',
    tokenUrl: 'https://api.login.yahoo.com/oauth2/get_token',
    scope: 'mail-w',
    imap: { host: 'imap.mail.yahoo.com', port: 993, tls: 'on' },
    smtp: { host: 'smtp.mail.yahoo.com', port: 465, tls: 'on' },
  },
];

/** A secret of one sign-in and its SHA-256 (RFC 7636): only who began it can redeem its code. */
export function proofKey(): { verifier: string; challenge: string } {
  const verifier = randomBytes(48).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

const token = z.object({
  access_token: z.string().min(1).max(16_000),
  refresh_token: z.string().max(16_000).optional(),
  expires_in: z.coerce.number().min(0).max(10_000_000).optional().catch(undefined),
});
const refusal = z.object({ error: z.string().max(200), error_description: z.string().optional() });

type Client = Pick<Grant, 'tokenUrl' | 'clientId' | 'clientSecret' | 'scope'>;
type Net = Pick<Host, 'fetch' | 'clock'>;

/** Codes that stay refused however often they are asked (RFC 6749 5.2): the person must sign in again. */
const final = /^(invalid_grant|invalid_client|unauthorized_client|invalid_scope|access_denied|interaction_required)$/;

/** One call of the token endpoint. Throws `auth` where the provider refuses, `temporary` where it cannot be asked. */
export async function askToken(net: Net, client: Client, form: Record<string, string>): Promise<Grant> {
  const body = new URLSearchParams({
    client_id: client.clientId,
    ...(client.clientSecret !== undefined && { client_secret: client.clientSecret }),
    ...form,
  });
  const { host } = new URL(client.tokenUrl);
  let status: number;
  let said: unknown;
  try {
    const answer = await net.fetch(client.tokenUrl, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
      signal: AbortSignal.timeout(answerMs),
      redirect: 'error',
    });
    status = answer.status;
    said = JSON.parse(await textOf(answer));
  } catch (error) {
    const text = error instanceof AdapterError ? error.message : `${host} gave no token and no reason for it`;
    throw new AdapterError('temporary', text, { cause: error });
  }
  const refused = refusal.safeParse(said);
  if (refused.success) {
    const { error, error_description: more } = refused.data;
    const why = oneLine(more ? `${error}: ${more}` : error, 200);
    if (status < 500 && final.test(error)) {
      throw new AdapterError('auth', `${host} has ended this sign-in (${why}). Sign in again.`);
    }
    throw new AdapterError('temporary', `${host} gives no token now: ${why}`);
  }
  const given = token.safeParse(said);
  if (!given.success) throw new AdapterError('temporary', `${host} answered ${status}, which is no token`);
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: lasts } = given.data;
  return {
    ...client,
    accessToken,
    ...(refreshToken !== undefined && { refreshToken }),
    expiresAt: lasts === undefined ? 0 : net.clock.now() + lasts * 1000,
  };
}

/** The body of an answer, which must be short. */
export async function textOf(answer: Response, most = maxAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > most) throw new AdapterError('temporary', 'the answer is longer than it may be');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Keeps an access token that works, renewing it before it ends or when a server refuses it. */
export class Tokens {
  #renewing: Promise<string> | undefined;

  constructor(
    private readonly config: Config,
    private readonly net: Net,
  ) {}

  /** `refused`: a token that a server would not take. Throws `auth` where no new one can be had. */
  async access(refused?: string): Promise<string> {
    const grant = this.config.now.oauth;
    if (!grant) throw new AdapterError('auth', 'There is no token for this account. Sign in again.');
    const ending = grant.expiresAt > 0 && grant.expiresAt - marginMs <= this.net.clock.now();
    if (!ending && grant.accessToken !== refused) return grant.accessToken;
    this.#renewing ??= this.#renew(grant).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renew(grant: Grant): Promise<string> {
    if (grant.refreshToken === undefined) {
      throw new AdapterError('auth', 'The sign-in has ended and the provider gave no way to renew it. Sign in again.');
    }
    const { accessToken: _ended, expiresAt: _then, refreshToken, ...client } = grant;
    const fresh = await askToken(this.net, client, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      ...(client.scope !== undefined && { scope: client.scope }),
    });
    // A provider may replace the refresh token: the old one is then worth nothing, so the new one is stored first.
    await this.config.change({ oauth: { refreshToken, ...fresh } });
    return fresh.accessToken;
  }
}
