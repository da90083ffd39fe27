import type { FastifyInstance, FastifyRequest } from 'fastify';
import { JSON_LIMIT } from '../deps.js';
import { HttpProblem } from './problem.js';

/** The content type of a piece of an upload. */
export const PIECE = 'application/offset+octet-stream';

/** Read and thrown away past the limit, so that a client still writing gets to read its 413. */
const DRAIN_LIMIT = 32 * 1024 * 1024;

/**
 * Bodies arrive as bytes, whatever their type: some handlers need exactly those, and JSON is read only after the
 * caller has been let in. Multipart has a parser of its own.
 */
export function acceptRawBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  // A piece of an upload is read by whoever stores it.
  fastify.addContentTypeParser(PIECE, (_request, payload, done) => done(null, payload));
  fastify.addContentTypeParser('*', (_request, payload, done) => {
    readAll(payload).then(
      (body) => done(null, body),
      (error: Error) => done(error),
    );
  });
}

async function readAll(payload: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload) {
    size += chunk.length;
    if (size > DRAIN_LIMIT) break;
    if (size > JSON_LIMIT) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (size > JSON_LIMIT) throw new HttpProblem(413, 'too-large', 'The body must have at most 1 MiB.');
  return Buffer.concat(chunks);
}

const NOTHING = Buffer.alloc(0);
export const bodyBytes = (request: FastifyRequest): Buffer => (Buffer.isBuffer(request.body) ? request.body : NOTHING);

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body as JSON; undefined if there is none. `__proto__` keys are dropped. */
export function jsonBody(request: FastifyRequest): unknown {
  const bytes = bodyBytes(request);
  if (bytes.length === 0) return undefined;
  if (!isJson(request.headers['content-type']))
    throw new HttpProblem(415, 'unsupported-media-type', 'The body must be JSON: set Content-Type: application/json.');
  try {
    const text = utf8.decode(bytes);
    return /__proto__|\\u00/i.test(text) ? JSON.parse(text, withoutProto) : JSON.parse(text);
  } catch {
    throw new HttpProblem(400, 'malformed-json', 'The body is not valid JSON in UTF-8.');
  }
}

const withoutProto = (key: string, value: unknown): unknown => (key === '__proto__' ? undefined : value);

const isJson = (type: string | undefined): boolean => {
  const media = type?.split(';')[0]?.trim().toLowerCase() ?? '';
  return media === 'application/json' || /^application\/[\w.-]+\+json$/.test(media);
};
