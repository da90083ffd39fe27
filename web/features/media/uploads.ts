import type { Upload as Transfer } from 'tus-js-client';
import { base, messageOf } from '../../lib/api/client';
import type { Attachment, Voice } from '../../lib/api/types';
import { fileSize } from '../../lib/format';
import { t } from '../../lib/i18n';
import { newKey } from '../../lib/new-key';
import { type KeptFile, keep, keptOf, letGo } from '../../lib/sync/kept-files';
import { store } from '../../lib/sync/store';
import { filesOf, setList, type Upload, type UploadState } from './files';
import { withoutPlace } from './place';

const mostFiles = 10;
const largest = 25 * 1024 * 1024;
/** A connection that comes and goes is tried this often before it is waited for. */
const retryDelays = [500, 2_000, 5_000];
const againMs = 15_000;

const transfers = new Map<string, Transfer>();
/** Those this page has begun. */
const begun = new Set<string>();

function setState(conversationId: string, key: string, state: UploadState): void {
  setList(
    conversationId,
    filesOf(conversationId).map((one) => (one.key === key ? { ...one, state } : one)),
  );
}

const find = (conversationId: string, key: string) => filesOf(conversationId).find((one) => one.key === key);
const sentOf = ({ state }: Upload) => ('sent' in state ? state.sent : 0);

/** Puts files beside the words of a conversation and uploads them at once; those past the tenth stay out. */
export function addFiles(conversationId: string, files: Iterable<File>, voice?: Voice): void {
  const room = Math.max(0, mostFiles - filesOf(conversationId).length);
  for (const file of [...files].slice(0, room)) {
    const { name, type, size } = file;
    const key = newKey();
    const state: UploadState =
      size > largest
        ? { is: 'failed', why: t('content.too-large', { limit: fileSize(largest) }) }
        : { is: 'sending', sent: 0 };
    const upload: Upload = { key, name, type, size, file, state, ...(voice ? { voice } : {}) };
    setList(conversationId, [...filesOf(conversationId), upload]);
    if (state.is === 'failed') continue;
    remember(conversationId, upload);
    void start(conversationId, key);
  }
}

/** Files that are on the server already. */
export function addAttachments(conversationId: string, attachments: Attachment[]): void {
  const more = attachments.map((attachment): Upload => {
    const { id, name, type, size, voice } = attachment;
    return { key: id, name, type, size, state: { is: 'done', attachment }, ...(voice ? { voice } : {}) };
  });
  setList(conversationId, [...filesOf(conversationId), ...more].slice(0, mostFiles));
}

const loads = new Set<string>();
/** What waited here when the page was last closed. */
export async function loadFiles(userId: string, conversationId: string): Promise<void> {
  const name = `${userId} ${conversationId}`;
  if (loads.has(name)) return;
  loads.add(name);
  const kept = await keptOf(userId, conversationId);
  const there = new Set(filesOf(conversationId).map(({ key }) => key));
  const back = kept.filter(({ key }) => !there.has(key));
  if (back.length === 0) return;
  setList(conversationId, [...back.map(broughtBack), ...filesOf(conversationId)].slice(0, mostFiles));
  for (const { key, url, attachment } of back) if (!attachment) void start(conversationId, key, url);
}

function broughtBack({ key, name, type, size, voice, file, attachment }: KeptFile): Upload {
  const state: UploadState = attachment ? { is: 'done', attachment } : { is: 'waiting', sent: 0 };
  return { key, name, type, size, state, ...(voice ? { voice } : {}), ...(file ? { file } : {}) };
}

function remember(conversationId: string, upload: Upload, more: Pick<KeptFile, 'url' | 'attachment'> = {}): void {
  if (!store.user) return;
  const { key, name, type, size, voice, file } = upload;
  const rest = more.attachment || !file ? {} : { file };
  const at = Date.now();
  void keep(store.user.id, {
    key,
    conversationId,
    name,
    type,
    size,
    at,
    ...(voice ? { voice } : {}),
    ...rest,
    ...more,
  });
}

/** One page of the browser uploads a file; the others leave it out. */
async function start(conversationId: string, key: string, url?: string): Promise<void> {
  if (begun.has(key)) return;
  begun.add(key);
  const work = () => new Promise<void>((resolve) => void transfer(conversationId, key, url, resolve));
  if (!('locks' in navigator)) return work();
  await navigator.locks.request(`parley-upload-${key}`, { ifAvailable: true }, (lock) =>
    lock ? work() : drop(conversationId, key),
  );
}

async function transfer(
  conversationId: string,
  key: string,
  url: string | undefined,
  onEnd: () => void,
): Promise<void> {
  const upload = find(conversationId, key);
  if (!upload?.file) return onEnd();
  const { file, name, type, size, voice } = upload;
  const fail = (error: unknown) => {
    const now = find(conversationId, key);
    if (now) setState(conversationId, key, { is: 'failed', why: messageOf(error) });
  };
  try {
    const [{ Upload: Tus, DetailedError }, content] = await Promise.all([import('tus-js-client'), withoutPlace(file)]);
    if (!find(conversationId, key)) return onEnd();
    const tus = new Tus(content, {
      endpoint: `${base}/uploads`,
      uploadUrl: url ?? null,
      uploadSize: size,
      retryDelays,
      storeFingerprintForResuming: false,
      metadata: { filename: name, filetype: type, ...(voice ? { voice: JSON.stringify(voice) } : {}) },
      onUploadUrlAvailable: () => {
        const now = find(conversationId, key);
        if (now && tus.url) remember(conversationId, now, { url: tus.url });
      },
      onProgress: (sent) => {
        const now = find(conversationId, key);
        if (now && now.state.is !== 'paused') setState(conversationId, key, { is: 'sending', sent });
      },
      onSuccess: () => {
        onEnd();
        transfers.delete(key);
        const now = find(conversationId, key);
        if (!now || !tus.url) return;
        const attachment = attachmentAt(tus.url, now);
        remember(conversationId, now, { attachment });
        setState(conversationId, key, { is: 'done', attachment });
      },
      onError: (error) => {
        const refusal = error instanceof DetailedError ? error.originalResponse : null;
        const status = refusal?.getStatus() ?? 0;
        if (refusal && status >= 400 && status < 500) return fail(reasonOf(refusal.getBody(), status));
        const now = find(conversationId, key);
        if (now && now.state.is !== 'paused') waitFor(conversationId, now);
      },
    });
    transfers.set(key, tus);
    tus.start();
  } catch (error) {
    fail(error);
    onEnd();
  }
}

function attachmentAt(url: string, { name, type, size, voice }: Upload): Attachment {
  const id = url.split('/').at(-1) ?? '';
  return { id, name, type, size, url: `${base}/attachments/${id}`, ...(voice ? { voice } : {}) };
}

/** What the server says in its answer, in words for people. */
function reasonOf(body: string, status: number): Error {
  try {
    return new Error(String(JSON.parse(body).detail));
  } catch {
    return new Error(t('content.refused', { status }));
  }
}

function waitFor(conversationId: string, upload: Upload): void {
  setState(conversationId, upload.key, { is: 'waiting', sent: sentOf(upload) });
  const again = () => {
    clearTimeout(timer);
    removeEventListener('online', again);
    if (find(conversationId, upload.key)?.state.is === 'waiting') transfers.get(upload.key)?.start();
  };
  const timer = setTimeout(again, againMs);
  addEventListener('online', again);
}

export function pause(conversationId: string, key: string): void {
  const upload = find(conversationId, key);
  if (!upload) return;
  setState(conversationId, key, { is: 'paused', sent: sentOf(upload) });
  void transfers.get(key)?.abort();
}

export function resume(conversationId: string, key: string): void {
  const upload = find(conversationId, key);
  if (!upload) return;
  setState(conversationId, key, { is: 'sending', sent: sentOf(upload) });
  const transferring = transfers.get(key);
  if (transferring) transferring.start();
  else {
    begun.delete(key);
    void start(conversationId, key);
  }
}

export function drop(conversationId: string, key: string): void {
  setList(
    conversationId,
    filesOf(conversationId).filter((one) => one.key !== key),
  );
}

/** Takes a file out, here and from the server where it has not come whole. */
export function removeFile(conversationId: string, key: string): void {
  drop(conversationId, key);
  void transfers
    .get(key)
    ?.abort(true)
    .catch(() => {});
  transfers.delete(key);
  if (store.user) void letGo(store.user.id, [key]);
}

/** They went with a message. */
export function forget(keys: string[]): void {
  if (store.user) void letGo(store.user.id, keys);
}
