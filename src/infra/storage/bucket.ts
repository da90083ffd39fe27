import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { Agent, type Dispatcher, request } from 'undici';
import { errorLine, StartError } from '../start-error.js';
import { BlobGone, type BlobStore, type Content, keyOf, type Part, StoreAway, spool } from './blobs.js';
import type { BucketAddress } from './bucket-address.js';

const TRIES = 3;
const PAUSE_MS = 300;
/** Longest wait for a connection, for an answer to begin, and between two parts of it. */
const CONNECT_MS = 5_000;
const SILENT_MS = 30_000;
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

type Answer = { status: number; headers: Dispatcher.ResponseData['headers']; body: Readable };
type Verb = 'GET' | 'HEAD' | 'PUT' | 'DELETE';
type Sent = { hash: string; size: number; file: string };

/**
 * Files in a bucket of any object store that speaks the S3 REST API with Signature Version 4, addressed by path. Each file is
 * gathered on this machine's disk first, for its name is its hash. What fails in passing is tried three times.
 */
export class BucketBlobs implements BlobStore {
  readonly #agent = new Agent({ connect: { timeout: CONNECT_MS }, headersTimeout: SILENT_MS, bodyTimeout: SILENT_MS });

  /** @param folder of this process alone, for what is being gathered */
  constructor(
    private readonly at: BucketAddress,
    private readonly folder: string,
  ) {}

  /** @throws StartError where the bucket cannot be used, with what to do */
  async open(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    try {
      await this.check();
    } catch (error) {
      throw new StartError(`The bucket of S3_URL cannot be used: ${errorLine(error)}`, { cause: error });
    }
  }

  /** @throws where the bucket does not answer, or not to these keys */
  async check(): Promise<void> {
    const { status } = await this.#ask('HEAD', '');
    if (status === 404) throw new StoreAway(`There is no bucket "${this.at.bucket}". Make it first.`);
    if (status === 403) throw new StoreAway('Its keys are refused. Look at the keys and the region.');
    if (status >= 300) throw failed('HEAD', status);
  }

  async put(content: Content, maxBytes = Number.POSITIVE_INFINITY): Promise<{ hash: string; size: number }> {
    const spooled = await spool(this.folder, content, maxBytes);
    try {
      const { status } = await this.#ask('PUT', keyOf(spooled.hash), {}, spooled);
      if (status >= 300) throw failed('PUT', status);
    } finally {
      await rm(spooled.file, { force: true });
    }
    return { hash: spooled.hash, size: spooled.size };
  }

  async read(hash: string, part?: Part): Promise<NodeJS.ReadableStream & AsyncIterable<Uint8Array>> {
    const range: Record<string, string> = part ? { range: `bytes=${part.start}-${part.end}` } : {};
    const { status, body } = await this.#ask('GET', keyOf(hash), range);
    if (status === 200 || status === 206) return body;
    body.resume();
    throw status === 404 ? new BlobGone() : failed('GET', status);
  }

  async drop(hash: string, before: number): Promise<void> {
    const { status, headers } = await this.#ask('HEAD', keyOf(hash));
    if (status === 404) return;
    const written = Date.parse(String(headers['last-modified']));
    if (status >= 300 || Number.isNaN(written)) throw failed('HEAD', status);
    if (written >= before) return;
    const dropped = await this.#ask('DELETE', keyOf(hash));
    if (dropped.status >= 300 && dropped.status !== 404) throw failed('DELETE', dropped.status);
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #ask(method: Verb, key: string, headers: Record<string, string> = {}, sent?: Sent): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await this.#once(method, key, headers, sent);
        if (method !== 'GET') answer.body.resume();
        if (answer.status < 500 || tries === TRIES) return answer;
        if (method === 'GET') answer.body.resume();
      } catch (error) {
        if (tries === TRIES) throw new StoreAway('The object store does not answer.', { cause: error });
      }
      await sleep(PAUSE_MS * tries);
    }
  }

  async #once(method: Verb, key: string, headers: Record<string, string>, sent?: Sent): Promise<Answer> {
    const { origin, bucket, region, accessKeyId, secretAccessKey } = this.at;
    const signer = new AwsV4Signer({
      ...{ method, url: `${origin}/${bucket}${key === '' ? '' : `/${key}`}`, service: 's3', region },
      ...{ accessKeyId, secretAccessKey },
      headers: { ...headers, 'x-amz-content-sha256': sent?.hash ?? NOTHING },
    });
    const signed = await signer.sign();
    const answer = await request(signed.url, {
      method,
      dispatcher: this.#agent,
      headers: { ...Object.fromEntries(signed.headers), ...(sent ? { 'content-length': String(sent.size) } : {}) },
      ...(sent && sent.size > 0 ? { body: createReadStream(sent.file) } : {}),
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.body };
  }
}

const failed = (method: Verb, status: number) => new StoreAway(`The object store answers ${status} to a ${method}.`);
