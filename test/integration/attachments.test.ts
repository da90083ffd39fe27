import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/sdk/index.js';
import { makeAccount, makeUser, open, plain, reach, startWorld, type World } from '../support/sending.js';

let world: World;
let userId: string;
beforeAll(async () => {
  world = await startWorld();
  userId = await makeUser(world.prisma);
});
afterAll(() => world.stop());

async function* chunks(...parts: Uint8Array[]) {
  yield* parts;
}
const put = (content: AsyncIterable<Uint8Array>, name = 'photo.png', type = 'image/png') =>
  world.attachments.put(userId, { name, type, content });
const stored = async () =>
  (await readdir(world.folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;

async function read(content: AsyncIterable<Uint8Array> | NodeJS.ReadableStream): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
  return Buffer.concat(parts);
}

test('gives back what was put, to its user alone', async () => {
  const bytes = randomBytes(300_000);
  const view = await put(chunks(bytes.subarray(0, 100_000), bytes.subarray(100_000)), 'a\nb.png');
  expect(view).toMatchObject({
    name: 'a b.png',
    type: 'image/png',
    size: 300_000,
    url: `/api/v1/attachments/${view.id}`,
  });
  const { file, content } = await world.attachments.open(userId, view.id);
  expect(file).toEqual(view);
  expect(await read(content)).toEqual(bytes);
  const other = await makeUser(world.prisma);
  await expect(world.attachments.open(other, view.id)).rejects.toMatchObject({ kind: 'not-found' });
});

test('one byte past the limit is refused, and nothing is left behind; so is a stream that breaks', async () => {
  const before = await stored();
  const rows = await world.prisma.attachment.count();
  const part = new Uint8Array(1024 * 1024);
  const parts = Array.from({ length: limits.attachmentBytes / part.length }, () => part);
  await expect(put(chunks(...parts, new Uint8Array(1)))).rejects.toMatchObject({
    kind: 'too-large',
    fields: { file: expect.anything() },
  });
  const broken = (async function* () {
    yield part;
    throw new Error('the client hung up');
  })();
  await expect(put(broken)).rejects.toThrow('the client hung up');
  expect(await stored()).toBe(before);
  expect(await world.prisma.attachment.count()).toBe(rows);
  expect((await put(chunks(...parts))).size).toBe(limits.attachmentBytes);
});

test('goes out with its message as a stream, and stands in the timeline and in search', async () => {
  const account = await makeAccount(world, userId, 'talk');
  const { conversationId } = await open(world, account, 'bob');
  const bytes = randomBytes(200_000);
  const [one, two] = [
    await put(chunks(bytes), 'one.bin'),
    await put(chunks(Buffer.from('two')), 'two.txt', 'text/plain'),
  ];
  await world.prisma.attachment.update({
    where: { id: one.id },
    data: { voice: { durationMs: 900, waveform: [1] } },
  });
  let [digest, voices]: [string, unknown[]] = ['', []];
  world.script.send = async ({ message }) => {
    const hash = createHash('sha256');
    for await (const chunk of await message.attachments[1]!.open()) hash.update(chunk);
    digest = hash.digest('hex');
    voices = message.attachments.map(({ voice }) => voice);
    return { proof: 'sent' };
  };
  const { message } = await world.messages.send(userId, conversationId, {
    ...plain(''),
    attachments: [two.id, one.id],
  });
  await reach(world, message, 'sent');
  expect(message.attachments.map((file) => file.name)).toEqual(['two.txt', 'one.bin']);
  expect(digest).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(voices).toEqual([undefined, { durationMs: 900, waveform: [1] }]);
  const twice = world.messages.send(userId, conversationId, { ...plain(''), attachments: [one.id, one.id] });
  await expect(twice).rejects.toMatchObject({ code: 'attachment-twice' });
  const { message: named } = await world.messages.send(userId, conversationId, {
    ...plain('holiday pictures'),
    attachments: [one.id],
  });
  const found = await world.messages.search(userId, { q: 'holiday', has: 'attachment', limit: 5 });
  expect(found.items.map((item) => item.id)).toEqual([named.id]);
});

test('alone, is what the list says of a message', async () => {
  const account = await makeAccount(world, userId, 'talk');
  const { conversationId } = await open(world, account, 'cleo');
  const send = async (text: string, ...files: { id: string }[]) => {
    const attachments = files.map(({ id }) => id);
    await world.messages.send(userId, conversationId, { ...plain(text), attachments });
    return (await world.process.conversations.get(userId, conversationId)).lastMessage;
  };
  const photo = await put(chunks(randomBytes(10)), 'lake.jpg', 'image/jpeg');
  const paper = await put(chunks(randomBytes(10)), 'minutes.pdf', 'application/pdf');
  expect(await send('Look', photo)).not.toHaveProperty('files');
  expect(await send('', photo, paper)).toMatchObject({
    files: [
      { name: 'lake.jpg', type: 'image/jpeg' },
      { name: 'minutes.pdf', type: 'application/pdf' },
    ],
  });
  const said = await put(chunks(randomBytes(10)), 'said.ogg', 'audio/ogg');
  await world.prisma.attachment.update({ where: { id: said.id }, data: { voice: { durationMs: 900, waveform: [1] } } });
  expect(await send('', said)).toMatchObject({ files: [{ name: 'said.ogg', voice: true }] });
});

test('is dropped with its bytes where it was never sent, a month after it came', async () => {
  const bytes = [randomBytes(20), randomBytes(20)] as const;
  const [face, lone, twin, sent, fresh] = [
    await put(chunks(randomBytes(20))),
    await put(chunks(bytes[0])),
    await put(chunks(bytes[1])),
    await put(chunks(bytes[1])),
    await put(chunks(randomBytes(20))),
  ];
  const account = await makeAccount(world, userId, 'talk');
  const { conversationId } = await open(world, account, 'dana');
  await world.prisma.buddy.updateMany({ where: { accountId: account.id }, data: { avatarUrl: face.url } });
  await world.messages.send(userId, conversationId, { ...plain(''), attachments: [sent.id] });
  const longAgo = new Date(world.clock.now() - 31 * 86_400_000);
  const old = { id: { in: [face.id, lone.id, twin.id, sent.id] } };
  await world.prisma.attachment.updateMany({ where: old, data: { createdAt: longAgo } });
  await world.prisma.attachment.update({ where: { id: fresh.id }, data: { createdAt: new Date(world.clock.now()) } });
  const hashes = bytes.map((part) => createHash('sha256').update(part).digest('hex'));
  for (const hash of hashes)
    await utimes(path.join(world.folder, hash.slice(0, 2), hash.slice(2, 4), hash), longAgo, longAgo);
  const before = await stored();
  await world.attachments.dropUnsent();
  const left = await world.prisma.attachment.findMany({
    where: { id: { in: [face, lone, twin, sent, fresh].map(({ id }) => id) } },
  });
  expect(left.map(({ id }) => id).sort()).toEqual([face.id, sent.id, fresh.id].sort());
  expect(await stored()).toBe(before - 1);
  expect(await read((await world.attachments.open(userId, sent.id)).content)).toEqual(bytes[1]);
});

test('bytes that are gone are said to be gone', async () => {
  const view = await put(chunks(Buffer.from('soon lost')));
  await rm(world.folder, { recursive: true });
  await expect(world.attachments.open(userId, view.id)).rejects.toMatchObject({ kind: 'gone' });
});
