import type { Host, IncomingAttachment } from '../../sdk/index.js';
import { AdapterError, limits } from '../../sdk/index.js';
import type { BotApi } from './api.js';
import type { Remote } from './content.js';
import { fileSchema } from './wire.js';

/** Telegram gives a bot files up to this size; larger ones are named and stay where they are. */
const mostBytes = Math.min(20 * 1024 * 1024, limits.attachmentBytes);
const tries = 3;
const pauseMs = 1_000;

export type Fetched = { attachments: IncomingAttachment[]; notes: string[] };

/** Gets the files of a message. One that cannot be had is named with the reason, and the message goes on without it. */
export async function fetchFiles(api: BotApi, host: Host, files: Remote[], signal: AbortSignal): Promise<Fetched> {
  const fetched: Fetched = { attachments: [], notes: [] };
  for (const file of files) {
    try {
      const content = await fetchFile(api, host, file, signal);
      fetched.attachments.push({ name: file.name, type: file.type, size: content.length, content });
    } catch (error) {
      if (signal.aborted) throw error;
      const why = error instanceof AdapterError ? error.message.replace(/\.$/, '') : 'it could not be read';
      fetched.notes.push(`[${file.name}: ${why}]`);
    }
  }
  return fetched;
}

async function fetchFile(api: BotApi, host: Host, file: Remote, signal: AbortSignal): Promise<Uint8Array> {
  if ((file.size ?? 0) > mostBytes) throw tooLarge(file.size ?? 0);
  for (let left = tries; ; left--) {
    try {
      const known = await api.call(fileSchema, (one, end) => one.getFile({ file_id: file.fileId }, end), { signal });
      if ((known.file_size ?? 0) > mostBytes) throw tooLarge(known.file_size ?? 0);
      if (known.file_path === undefined) throw new AdapterError('rejected', 'Telegram does not say where the file is');
      return await api.download(known.file_path, mostBytes, signal);
    } catch (error) {
      const passing = error instanceof AdapterError && (error.kind === 'temporary' || error.kind === 'rate-limited');
      if (!passing || left === 1 || signal.aborted) throw error;
      await pause(host, error.retryAfterMs ?? pauseMs, signal);
    }
  }
}

const tooLarge = (size: number) =>
  new AdapterError('rejected', `${Math.round(size / 1024 / 1024)} MB, more than a bot is given (20 MB)`);

/** Ends early when the signal does. */
export async function pause(host: Host, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = host.clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
