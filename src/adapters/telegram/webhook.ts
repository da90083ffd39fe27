import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AdapterError, type Host, type WebhookRequest, type WebhookResponse } from '../../sdk/index.js';
import type { BotApi } from './api.js';
import { pause } from './files.js';
import type { Intake } from './intake.js';
import { updateKinds, webhookInfoSchema } from './wire.js';

/** An update is a few kilobytes: files are not in it. */
const bodyLimit = 1024 * 1024;
const recheckMs = 5 * 60_000;

/** What Telegram refuses here gets no better by trying again. */
export class BadWebhook extends Error {}

/**
 * Has Telegram call us, one update after another, and looks now and then whether it still does. Resolves when aborted.
 * @throws AdapterError for the connection to wait or stop by, BadWebhook where the address is not taken
 */
export async function register(
  parts: { host: Host; api: BotApi; secret: string },
  told: { online(): void; trouble(why: string | undefined): void },
  signal: AbortSignal,
): Promise<void> {
  const { host, api, secret } = parts;
  const url = host.webhookUrl;
  if (url === undefined)
    throw new BadWebhook('Parley has no public address. Set PARLEY_PUBLIC_URL, or let Parley ask.');
  const options = { url, secret_token: secret, allowed_updates: updateKinds, max_connections: 1 };
  try {
    await api.call(z.unknown(), (one, end) => one.setWebhook(options, end), { signal });
  } catch (error) {
    if (!(error instanceof AdapterError) || error.kind !== 'rejected') throw error;
    const why = `Telegram does not take Parley's address as a webhook: ${error.message}`;
    throw new BadWebhook(`${why} It has to be https at a public name (PARLEY_PUBLIC_URL). Or let Parley ask.`);
  }
  told.online();
  for (;;) {
    await pause(host, recheckMs, signal);
    if (signal.aborted) return;
    const info = await api.call(webhookInfoSchema, (one, end) => one.getWebhookInfo(end), { signal });
    if (info.url !== url)
      throw new AdapterError(
        'temporary',
        'Another program took the webhook of this bot. Give Parley a bot of its own.',
      );
    const recent = (info.last_error_date ?? 0) * 1_000 > host.clock.now() - 2 * recheckMs;
    told.trouble(recent && info.pending_update_count > 0 ? info.last_error_message : undefined);
  }
}

/** Takes Telegram's calls: only with the secret it was told, and with success only for what is stored. */
export class Webhook {
  readonly #host: Host;
  readonly #intake: Intake;
  readonly #secret: Buffer;

  constructor(host: Host, intake: Intake, secret: string) {
    this.#host = host;
    this.#intake = intake;
    this.#secret = sha256(secret);
  }

  async onRequest(request: WebhookRequest, me: number, signal: AbortSignal): Promise<WebhookResponse> {
    const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
    const said = sha256(headers.get('x-telegram-bot-api-secret-token') ?? '');
    if (!timingSafeEqual(said, this.#secret)) return refuse(403, 'the secret token is missing or wrong');
    if (request.method !== 'POST') return refuse(405, 'use POST');
    if (request.body.length > bodyLimit) return refuse(413, `at most ${bodyLimit} bytes`);
    let update: unknown;
    try {
      update = JSON.parse(new TextDecoder().decode(request.body));
    } catch {
      return refuse(400, 'the body is not JSON');
    }
    try {
      await this.#intake.take([update], me, signal);
    } catch (error) {
      this.#host.log.warn('an update was not stored, Telegram is asked to repeat it', { error: String(error) });
      return refuse(503, 'not stored, try again');
    }
    return { status: 200, body: '' };
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const refuse = (status: number, why: string): WebhookResponse => ({
  status,
  body: why,
  type: 'text/plain; charset=utf-8',
});
