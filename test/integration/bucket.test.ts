import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { BlobGone, TooLarge } from '../../src/infra/storage/blobs.js';
import { BucketBlobs } from '../../src/infra/storage/bucket.js';
import { type BucketAddress, bucketAddress } from '../../src/infra/storage/bucket-address.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';

/** Files in a bucket: OpenStack Swift with its S3 API. */
const lab = await labOrSkip(['swift']);

if (lab) {
  const { swift } = lab;
  const at = bucketAddress(swift.url);
  if (!at) throw new Error('the lab gives an address that is none');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'parley-bucket-'));
  const opened: BucketBlobs[] = [];
  const open = async (more: Partial<BucketAddress> = {}) => {
    const blobs = new BucketBlobs({ ...at, ...more }, folder);
    opened.push(blobs);
    await blobs.open();
    return blobs;
  };
  afterAll(async () => {
    await Promise.all(opened.map((blobs) => blobs.close()));
    await rm(folder, { recursive: true, force: true });
  });

  describe('a bucket', () => {
    test('gives back what it was given, whole and in part, and keeps nothing here', async () => {
      const blobs = await open();
      const bytes = randomBytes(3_000_000);
      const { hash, size } = await blobs.put([bytes.subarray(0, 10), bytes.subarray(10)]);
      expect(size).toBe(bytes.length);
      expect((await buffer(await blobs.read(hash))).equals(bytes)).toBe(true);
      expect(await buffer(await blobs.read(hash, { start: 5, end: 14 }))).toEqual(bytes.subarray(5, 15));
      const empty = await blobs.put([]);
      expect(await buffer(await blobs.read(empty.hash))).toHaveLength(0);
      await expect(blobs.put([bytes], 1_000)).rejects.toThrow(TooLarge);
      expect(await readdir(folder)).toEqual([]);
    });

    test('drops what was not written again since', async () => {
      const blobs = await open();
      const { hash } = await blobs.put([Buffer.from('old')]);
      await blobs.drop(hash, Date.now() - 60_000);
      expect(String(await buffer(await blobs.read(hash)))).toBe('old');
      await blobs.drop(hash, Date.now() + 60_000);
      await expect(blobs.read(hash)).rejects.toThrow(BlobGone);
      await blobs.drop(hash, Date.now() + 60_000);
    });

    test('says at the start what is wrong with its address', async () => {
      await expect(open({ secretAccessKey: 'another' })).rejects.toThrow(/keys are refused/);
      await expect(open({ bucket: 'nobody-made-it' })).rejects.toThrow(/no bucket "nobody-made-it"/);
      await expect(open({ origin: 'http://127.0.0.1:1' })).rejects.toThrow(/S3_URL cannot be used/);
    });
  });

  test('Parley with a bucket: files outlive restarts, and while it is away that is said and nothing is lost', async () => {
    const parley = await Parley.start({ S3_URL: swift.url });
    try {
      await parley.setUp();
      const headers = { authorization: `Bearer ${parley.token}` };
      const ask = (address: string, more: RequestInit = {}) =>
        fetch(`${parley.url}/api/v1${address}`, { ...more, headers, signal: AbortSignal.timeout(30_000) });
      const upload = (text: string) => {
        const form = new FormData();
        form.set('file', new Blob([text], { type: 'text/plain' }), 'note.txt');
        return ask('/attachments', { method: 'POST', body: form });
      };
      const kept = await upload('in the bucket');
      expect(kept.status).toBe(201);
      const { id } = await kept.json();
      const read = async () => (await ask(`/attachments/${id}`)).text();
      expect(await read()).toBe('in the bucket');
      await parley.restart();
      expect(await read()).toBe('in the bucket');
      expect(await parley.ok('GET', '/ready')).toMatchObject({ checks: { files: { ok: true } } });
      await swift.down();
      const refused = await upload('while it is away');
      expect([refused.status, (await refused.json()).code]).toEqual([503, 'files-away']);
      expect((await ask(`/attachments/${id}`)).status).toBe(503);
      expect(await (await ask('/ready')).json()).toMatchObject({ checks: { files: { ok: false } } });
      await swift.up();
      await eventually(async () => (await read()) === 'in the bucket' || undefined);
      expect((await upload('back again')).status).toBe(201);
    } finally {
      await parley.remove();
    }
  });
}
