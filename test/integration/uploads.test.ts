import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { type ClientRequest, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import * as tus from 'tus-js-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '../../src/core/ids.js';
import { Attachments } from '../../src/infra/attachments.js';
import { createPrisma, type PrismaClient } from '../../src/infra/database/prisma.js';
import { FolderBlobs } from '../../src/infra/storage/folder.js';
import { Uploads } from '../../src/infra/uploads.js';
import { FakeClock } from '../../src/sdk/testing/fake-clock.js';
import { startApi, type TestApi } from '../support/api.js';

/** The real API and store; the other side is tus-js-client, or bytes on a socket. */
let api: TestApi;
let prisma: PrismaClient;
let token: string;
let folder: string;
let uploads: Uploads;
const clock = new FakeClock(Date.now());

beforeAll(async () => {
  api = await startApi();
  prisma = createPrisma(api.databaseUrl);
  folder = await mkdtemp(path.join(os.tmpdir(), 'parley-uploads-'));
  const blobs = new FolderBlobs(path.join(folder, 'blobs'));
  uploads = new Uploads(prisma, blobs, path.join(folder, 'uploads'), clock);
  api.services.uploads = uploads;
  api.services.attachments = new Attachments(prisma, blobs, clock);
  token = await api.setup();
});
afterAll(async () => {
  await api.stop();
  await prisma.$disconnect();
  await rm(folder, { recursive: true, force: true });
});

const tusHeaders = { 'tus-resumable': '1.0.0' };
const pieces = () => readdir(path.join(folder, 'uploads')).catch(() => []);

async function begin(size: number, metadata = 'filename Zg==,filetype dGV4dC9wbGFpbg=='): Promise<string> {
  const headers = { ...tusHeaders, 'upload-length': String(size), 'upload-metadata': metadata };
  const answer = await api.call('POST', '/uploads', { token, headers });
  expect([answer.status, answer.text]).toEqual([201, '']);
  return (answer.headers.get('location') ?? '').replace('/api/v1', '');
}
const bytesFrom = (offset: number) => ({
  ...tusHeaders,
  'upload-offset': String(offset),
  'content-type': 'application/offset+octet-stream',
});
const send = (at: string, offset: number, body: Buffer<ArrayBuffer>, by = token) =>
  api.call('PATCH', at, { token: by, body, headers: bytesFrom(offset) });
/** A request from the first byte on whose bytes the test writes when it likes. */
function inPieces(at: string, length: number): ClientRequest {
  const headers = { ...bytesFrom(0), authorization: `Bearer ${token}`, 'content-length': length };
  return request(`${api.baseUrl}/api/v1${at}`, { method: 'PATCH', headers }).on('error', () => {});
}
const sizeOf = async (at: string): Promise<number> =>
  (await stat(path.join(folder, 'uploads', at.split('/').at(-1) ?? ''))).size;
const offsetOf = async (at: string) => {
  const { status, headers } = await api.call('HEAD', at, { token, headers: tusHeaders });
  return [status, Number(headers.get('upload-offset'))];
};
const fileAt = async (at: string) => {
  const id = at.split('/').at(-1);
  const answer = await fetch(`${api.baseUrl}/api/v1/attachments/${id}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return Buffer.from(await answer.arrayBuffer());
};

test('tus-js-client uploads in pieces; the attachment has the id of the upload', async () => {
  const bytes = randomBytes(2_500_000);
  const url = await new Promise<string>((resolve, reject) => {
    const upload = new tus.Upload(bytes, {
      endpoint: `${api.baseUrl}/api/v1/uploads`,
      chunkSize: 1_000_000,
      headers: { authorization: `Bearer ${token}` },
      metadata: { filename: 'a/ü.bin', filetype: 'audio/ogg', voice: '{"durationMs":1200,"waveform":[0,50,100]}' },
      onError: reject,
      onSuccess: () => resolve(upload.url ?? ''),
    });
    upload.start();
  });
  const id = url.split('/').at(-1) ?? '';
  expect(await fileAt(url)).toEqual(bytes);
  expect(await prisma.attachment.findUnique({ where: { id } })).toMatchObject({
    ...{ name: 'ü.bin', type: 'audio/ogg', size: 2_500_000 },
    voice: { durationMs: 1200, waveform: [0, 50, 100] },
  });
  expect(await prisma.upload.count()).toBe(0);
  expect(await pieces()).toEqual([]);
});

test('what came before the connection broke is kept, and the rest goes on from there', async () => {
  const bytes = randomBytes(300_000);
  const at = await begin(bytes.length);
  const socket = inPieces(at, bytes.length);
  socket.write(bytes.subarray(0, 100_000));
  await vi.waitFor(async () => expect(await sizeOf(at)).toBe(100_000), { timeout: 5_000 });
  socket.destroy();
  expect(await offsetOf(at)).toEqual([200, 100_000]);
  expect((await send(at, 0, bytes)).status).toBe(409);
  const rest = await send(at, 100_000, bytes.subarray(100_000));
  expect([rest.status, rest.headers.get('upload-offset')]).toEqual([204, '300000']);
  expect(await fileAt(at)).toEqual(bytes);
  // Who missed the last answer asks, and learns that it is done.
  expect(await offsetOf(at)).toEqual([200, 300_000]);
});

test('of two requests with the same bytes at the same moment, one goes on', async () => {
  const bytes = randomBytes(100_000);
  const at = await begin(bytes.length);
  const { id, userId } = await prisma.upload.findUniqueOrThrow({ where: { id: at.split('/').at(-1) ?? '' } });
  const append = () =>
    uploads.append(userId, id, 0, Readable.from([bytes.subarray(0, 60_000), bytes.subarray(60_000)]));
  const answers = await Promise.allSettled([append(), append()]);
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await fileAt(at)).toEqual(bytes);
});

test('a request that hangs is ended by the next one', async () => {
  const at = await begin(20);
  const hanging = inPieces(at, 20);
  const refused = new Promise((resolve) => hanging.on('response', ({ statusCode }) => resolve(statusCode)));
  hanging.write('0123456789');
  await vi.waitFor(async () => expect(await sizeOf(at)).toBe(10), { timeout: 5_000 });
  expect(await offsetOf(at)).toEqual([200, 10]);
  hanging.end('0123456789');
  expect(await refused).toBe(409);
  expect((await send(at, 10, Buffer.from('abcdefghij'))).status).toBe(204);
  expect((await fileAt(at)).toString()).toBe('0123456789abcdefghij');
});

test('a crash between the last byte and the attachment loses nothing', async () => {
  const { id: userId } = await prisma.user.findFirstOrThrow();
  const { id } = await uploads.begin(userId, { name: 'f', type: 'text/plain', size: 4 });
  await writeFile(path.join(folder, 'uploads', id), 'done');
  expect(await offsetOf(`/uploads/${id}`)).toEqual([200, 4]);
  expect((await fileAt(`/uploads/${id}`)).toString()).toBe('done');
});

test('sizes, versions and owners are checked', async () => {
  const code = async (method: string, at: string, headers: Record<string, string>) =>
    (await api.call(method, at, { token, headers })).status;
  expect(await code('POST', '/uploads', { 'upload-length': '3' })).toBe(412);
  expect(await code('POST', '/uploads', tusHeaders)).toBe(422);
  expect(await code('POST', '/uploads', { ...tusHeaders, 'upload-length': '-1' })).toBe(422);
  expect(await code('POST', '/uploads', { ...tusHeaders, 'upload-length': String(25 * 1024 * 1024 + 1) })).toBe(413);
  expect(await code('POST', '/uploads', { ...tusHeaders, 'upload-length': '1', 'upload-metadata': 'voice e30=' })).toBe(
    422,
  );
  const at = await begin(3);
  expect((await send(at, 0, Buffer.from('four'))).status).toBe(422);
  expect((await send(at, 0, Buffer.from('abc'), 'wrong')).status).toBe(401);
  await expect(uploads.get(newId(), at.split('/').at(-1) ?? '')).rejects.toMatchObject({ kind: 'not-found' });
  expect(await code('DELETE', at, tusHeaders)).toBe(204);
  expect(await code('HEAD', at, tusHeaders)).toBe(404);
  const none = await begin(0);
  expect(await offsetOf(none)).toEqual([200, 0]);
  expect(await fileAt(none)).toHaveLength(0);
});

test('what nobody goes on with is dropped after three days; the oldest makes room', async () => {
  const { id: userId } = await prisma.user.findFirstOrThrow();
  const at = await begin(10);
  await send(at, 0, Buffer.from('abc'));
  await writeFile(path.join(folder, 'uploads', newId()), 'nobody’s');
  expect(await pieces()).toHaveLength(2);
  await uploads.dropStale();
  expect(await pieces()).toHaveLength(1);
  await clock.advance(3 * 86_400_000 + 1);
  await uploads.dropStale();
  expect(await pieces()).toEqual([]);
  expect(await offsetOf(at)).toEqual([404, 0]);
  for (let count = 0; count < 45; count += 1) await uploads.begin(userId, { name: 'f', type: '', size: 9 });
  expect(await prisma.upload.count()).toBe(40);
});

test('a part of a file is handed out as asked for', async () => {
  const at = await begin(10);
  await send(at, 0, Buffer.from('0123456789'));
  const part = (range: string) =>
    api.call('GET', at.replace('/uploads', '/attachments'), { token, headers: { range } });
  const middle = await part('bytes=2-4');
  expect([middle.status, middle.text, middle.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
  expect([middle.headers.get('content-length'), middle.headers.get('accept-ranges')]).toEqual(['3', 'bytes']);
  expect((await part('bytes=-3')).text).toBe('789');
  const beyond = await part('bytes=10-');
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10']);
  const all = await part('bytes=0-1,3-4');
  expect([all.status, all.text]).toEqual([200, '0123456789']);
});
