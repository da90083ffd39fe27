import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AdapterError, type IncomingAttachment, limits, type OutgoingAttachment } from '../../sdk/index.js';
import { type Api, path } from './client.js';
import type { EncryptedFile, MessageContent } from './events.js';
import { oneLine } from './reasons.js';

export type Fetched = { attachment: IncomingAttachment } | { note: string };

/** Of a waveform there. */
const loudest = 1024;

const uploaded = z.object({ content_uri: z.string().regex(/^mxc:\/\/[^/]+\/[^/]+$/) });

/** Files of messages: at the server's media repository, and encrypted there in an encrypted room. */
export class Media {
  constructor(private readonly api: Api) {}

  /**
   * The file of a message, or words about it where it cannot be had for good. A failure that passes is thrown, so that the
   * message is read again later.
   */
  async fetch(content: MessageContent, signal: AbortSignal): Promise<Fetched> {
    const name = oneLine(content.filename ?? content.body, 200) || 'file';
    const address = content.file?.url ?? content.url;
    const at = /^mxc:\/\/([^/]+)\/([^/?#]+)$/.exec(address ?? '');
    if (!at?.[1] || !at[2]) return { note: `[a file that is not there: ${name}]` };
    if ((content.info?.size ?? 0) > limits.attachmentBytes)
      return { note: `[a file too large to be fetched: ${name}]` };
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await this.api.bytes(path`/media/download/${at[1]}/${at[2]}`, { signal });
    } catch (error) {
      if (isGone(error)) return { note: `[a file that the server no longer has: ${name}]` };
      throw error;
    }
    const plain = content.file ? open(bytes, content.file) : bytes;
    if (plain === undefined) return { note: `[a file that was changed on its way: ${name}]` };
    if (plain.length > limits.attachmentBytes) return { note: `[a file too large to be fetched: ${name}]` };
    const type = content.info?.mimetype ?? 'application/octet-stream';
    return { attachment: { name, type, size: plain.length, content: plain } };
  }

  async avatar(address: string, signal: AbortSignal): Promise<{ type: string; content: Uint8Array } | undefined> {
    const at = /^mxc:\/\/([^/]+)\/([^/?#]+)$/.exec(address);
    if (!at?.[1] || !at[2]) return undefined;
    const query = { width: 96, height: 96, method: 'crop' };
    const content = await this.api.bytes(path`/media/thumbnail/${at[1]}/${at[2]}`, { query, signal });
    const type = imageType(content);
    return type === undefined || content.length > limits.avatarBytes ? undefined : { type, content };
  }

  /** Uploads a file and answers the content of the message that shows it. */
  async message(file: OutgoingAttachment, encrypted: boolean, signal: AbortSignal): Promise<Record<string, unknown>> {
    const content = await readAll(file);
    const name = oneLine(file.name, 200) || 'file';
    const about = described(file, name, content.length);
    if (!encrypted) return { ...about, url: await this.#upload(content, file.type, name, signal) };
    const { sealed, description } = seal(content);
    const url = await this.#upload(sealed, 'application/octet-stream', 'file', signal);
    return { ...about, file: { ...description, url } };
  }

  async #upload(content: Uint8Array<ArrayBuffer>, type: string, name: string, signal: AbortSignal): Promise<string> {
    return uploaded.parse(await this.api.upload(content, type, name, signal)).content_uri;
  }
}

/** What is said of a file beside where it lies; a voice message as MSC3245 has it. */
export function described({ type, voice }: Pick<OutgoingAttachment, 'type' | 'voice'>, name: string, size: number) {
  const about = { msgtype: messageType(type), body: name, filename: name, info: { mimetype: type, size } };
  if (!voice || about.msgtype !== 'm.audio') return about;
  const duration = Math.round(voice.durationMs);
  return {
    ...about,
    info: { ...about.info, duration },
    'org.matrix.msc1767.audio': {
      duration,
      waveform: voice.waveform.map((loudness) => Math.round((loudness * loudest) / 100)),
    },
    'org.matrix.msc3245.voice': {},
  };
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'httpStatus' in error && [400, 403, 404, 410, 413].includes(Number(error.httpStatus));

const messageType = (type: string): string => {
  const [kind] = type.split('/');
  return kind === 'image' || kind === 'audio' || kind === 'video' ? `m.${kind}` : 'm.file';
};

async function readAll(file: OutgoingAttachment): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await file.open()) {
    size += chunk.length;
    if (size > limits.attachmentBytes) throw new AdapterError('rejected', 'The file is too large.');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

// The attachment encryption of the specification: AES-256-CTR with a key of its own, and the hash of what is uploaded.

export function seal(content: Uint8Array): {
  sealed: Uint8Array<ArrayBuffer>;
  description: Omit<EncryptedFile, 'url'>;
} {
  const key = randomBytes(32);
  // The counter is the lower half; it starts at zero so that it never wraps.
  const iv = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
  const cipher = createCipheriv('aes-256-ctr', key, iv);
  const sealed = new Uint8Array(Buffer.concat([cipher.update(content), cipher.final()]));
  const jwk = { kty: 'oct', alg: 'A256CTR', ext: true, key_ops: ['encrypt', 'decrypt'], k: key.toString('base64url') };
  const description = { v: 'v2', key: jwk, iv: unpadded(iv), hashes: { sha256: hashOf(sealed) } };
  return { sealed, description };
}

/** Undefined where the bytes are not those that were uploaded. */
export function open(
  bytes: Uint8Array,
  { key, iv, hashes }: Omit<EncryptedFile, 'url'>,
): Uint8Array<ArrayBuffer> | undefined {
  const [secret, start] = [Buffer.from(key.k, 'base64url'), Buffer.from(iv, 'base64')];
  if (secret.length !== 32 || start.length !== 16 || hashOf(bytes) !== hashes.sha256.replace(/=+$/, ''))
    return undefined;
  const decipher = createDecipheriv('aes-256-ctr', secret, start);
  return new Uint8Array(Buffer.concat([decipher.update(bytes), decipher.final()]));
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const hashOf = (bytes: Uint8Array) => unpadded(createHash('sha256').update(bytes).digest());

/** By its first bytes: what the server says of a picture is what somebody else said of it. */
function imageType(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\x89PNG')) return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('GIF8')) return 'image/gif';
  return start.startsWith('RIFF') && start.endsWith('WEBP') ? 'image/webp' : undefined;
}
