import { z } from 'zod';
import type { Host } from '../../sdk/index.js';
import { AdapterError } from '../../sdk/index.js';
import type { BotApi } from './api.js';
import { pause } from './files.js';
import type { Intake } from './intake.js';
import type { Ledger } from './ledger.js';
import { updateKinds, updateNumberSchema, updatesSchema } from './wire.js';

const pageSize = 100;
/** How long Telegram holds an empty answer back; below the host's limit of 30 s for a request. */
const holdSeconds = 20;
const patienceMs = 8_000;
/** A server that does not hold back is asked no more often than this. */
const leastRoundMs = 400;

export type Progress = { behind(): void; caughtUp(): void };

/**
 * Asks for updates for good. The next place is asked for only once all before it is stored, as asking tells Telegram to
 * forget them. Resolves when aborted. @throws AdapterError for the connection to wait or stop by
 */
export async function poll(
  parts: { host: Host; api: BotApi; ledger: Ledger; intake: Intake; me: number },
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { host, api, ledger, intake, me } = parts;
  // A webhook and asking exclude each other at Telegram; nothing that waits there is dropped.
  await api.call(z.unknown(), (one, end) => one.deleteWebhook({}, end), { signal });
  let hold = 0;
  while (!signal.aborted) {
    const { offset } = ledger.state;
    const began = host.clock.now();
    const params = { limit: pageSize, timeout: hold, allowed_updates: updateKinds, ...(offset > 0 ? { offset } : {}) };
    const withinMs = hold * 1_000 + patienceMs;
    const page = await api.call(updatesSchema, (one, end) => one.getUpdates(params, end), { signal, withinMs });
    if (page.length >= pageSize) progress.behind();
    await intake.take(page, me, signal);
    if (page.length > 0 && ledger.state.offset === offset) throw nonsense(api.peer, page);
    if (page.length < pageSize) {
      progress.caughtUp();
      if (page.length === 0 && hold > 0) await pause(host, leastRoundMs - (host.clock.now() - began), signal);
      hold = holdSeconds;
    }
  }
}

const nonsense = (peer: string, page: unknown[]) =>
  new AdapterError(
    'temporary',
    `${peer} repeats ${page.length} updates${page.some(numbered) ? '' : ' without numbers'}.`,
  );
const numbered = (update: unknown) => updateNumberSchema.safeParse(update).success;
