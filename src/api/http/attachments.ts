import { Readable } from 'node:stream';
import type {} from '@fastify/multipart';
import { StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AttachmentService } from '../../core/services.js';
import { type Part, partOf } from '../../core/uploads/range.js';
import type { AttachmentView } from '../../core/views.js';
import { UPLOAD_LIMIT } from '../deps.js';
import { HttpProblem } from './problem.js';

const NAME_LENGTH = 255;
/** Types that a browser draws without ever running anything in them. */
const DRAWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const HARMLESS = /^(?:(?:audio|video)\/[\w.+-]+|text\/plain|application\/(?:pdf|zip))$/;

/** Streams the one file of a multipart form into the store. One byte past the limit is enough to be refused. */
export async function upload(
  store: AttachmentService,
  userId: string,
  request: FastifyRequest,
): Promise<AttachmentView> {
  if (!request.isMultipart())
    throw new HttpProblem(415, 'unsupported-media-type', 'Send the file as multipart/form-data.');
  const part = await request.file({
    limits: { fileSize: UPLOAD_LIMIT + 1, files: 1, fields: 10, fieldSize: 1024, parts: 12 },
    throwFileSizeLimit: false,
  });
  if (part === undefined)
    throw new HttpProblem(422, 'invalid', 'The form holds no file.', { fields: { file: 'is missing' } });
  try {
    return await store.put(userId, { name: cleanName(part.filename), type: part.mimetype, content: part.file });
  } finally {
    // What is left has to be read before the client reads our answer.
    part.file.resume();
  }
}

export async function download(
  store: AttachmentService,
  userId: string,
  id: string,
  range: string | undefined,
  reply: FastifyReply,
): Promise<StreamableFile> {
  let part: Part | undefined;
  const { file, content } = await store.open(userId, id, (size) => {
    part = wanted(range, size);
    return part;
  });
  void reply.headers({
    ...downloadHeaders(file),
    'accept-ranges': 'bytes',
    ...(DRAWN.has(file.type) ? { 'content-disposition': `inline; ${dispositionName(file.name)}` } : {}),
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, max-age=31536000, immutable',
    ...(part === undefined
      ? {}
      : {
          'content-range': `bytes ${part.start}-${part.end}/${file.size}`,
          'content-length': part.end - part.start + 1,
        }),
  });
  if (part !== undefined) void reply.code(206);
  return new StreamableFile(content instanceof Readable ? content : new Readable().wrap(content));
}

function wanted(range: string | undefined, size: number): Part | undefined {
  const part = partOf(range, size);
  if (part !== 'outside') return part;
  throw new HttpProblem(416, 'range-outside', 'The file has no such part.', {
    headers: { 'content-range': `bytes */${size}` },
  });
}

/** Something to save under its name, of a type in which nothing runs. */
export function downloadHeaders({ type, name, size }: Pick<AttachmentView, 'type' | 'name' | 'size'>) {
  const harmless = DRAWN.has(type) || HARMLESS.test(type) ? type : 'application/octet-stream';
  return {
    'content-type': harmless === 'text/plain' ? 'text/plain; charset=utf-8' : harmless,
    'content-disposition': `attachment; ${dispositionName(name)}`,
    'content-length': size,
  };
}

/** A name alone: no folders, no controls; never empty. */
export function cleanName(given: string | undefined): string {
  const name = (given ?? '')
    .replaceAll('\\', '/')
    .split('/')
    .at(-1)
    ?.toWellFormed()
    .replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
    .slice(0, NAME_LENGTH);
  return name === undefined || /^\.*$/.test(name) ? 'file' : name;
}

/** RFC 6266: a plain name for old readers, the exact one in UTF-8 (RFC 8187). */
function dispositionName(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `filename="${plain}"; filename*=UTF-8''${exact}`;
}
