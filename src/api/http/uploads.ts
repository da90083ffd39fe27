import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Upload, UploadService } from '../../core/uploads/service.js';
import { voice } from '../contract/messages.js';
import { API_PREFIX } from '../deps.js';
import { cleanName } from './attachments.js';
import { PIECE } from './body.js';
import type { Call } from './call.js';
import { HttpProblem } from './problem.js';

/** The upload protocol of tus.io, with its extensions creation, expiration and termination. */
const VERSION = '1.0.0';

const whole = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const told = z.object({ name: z.string(), type: z.string().max(127), voice: voice.optional() });

export async function beginUpload(uploads: UploadService, { userId, request, reply }: Call<'beginUpload'>) {
  checkVersion(request);
  const size = numberOf(request, 'upload-length');
  const upload = await uploads.begin(userId, { ...metadataOf(request), size });
  answer(reply, upload, { location: `${API_PREFIX}/uploads/${upload.id}` });
}

export async function uploadState(uploads: UploadService, { userId, params, request, reply }: Call<'uploadState'>) {
  checkVersion(request);
  const upload = await uploads.get(userId, params.id);
  answer(reply, upload, { 'upload-length': String(upload.size), 'cache-control': 'no-store' });
}

export async function continueUpload(uploads: UploadService, call: Call<'continueUpload'>) {
  const { userId, params, request, reply } = call;
  try {
    checkVersion(request);
    if (request.headers['content-type'] !== PIECE)
      throw new HttpProblem(415, 'unsupported-media-type', `Send the bytes as ${PIECE}.`);
    answer(reply, await uploads.append(userId, params.id, numberOf(request, 'upload-offset'), request.raw));
  } catch (error) {
    // Nobody hears the answer, and nothing went wrong here: what came is kept.
    if (request.raw.destroyed && !request.raw.complete)
      throw new HttpProblem(408, 'timeout', 'The connection broke before the piece had come.');
    throw error;
  } finally {
    // What is left has to be read before the client reads our answer.
    request.raw.resume();
  }
}

export async function dropUpload(uploads: UploadService, { userId, params, request, reply }: Call<'dropUpload'>) {
  checkVersion(request);
  await uploads.drop(userId, params.id);
  void reply.header('tus-resumable', VERSION);
}

function answer(reply: FastifyReply, { offset, expiresAt }: Upload, more: Record<string, string> = {}): void {
  void reply.headers({
    'tus-resumable': VERSION,
    'upload-offset': String(offset),
    'upload-expires': expiresAt.toUTCString(),
    ...more,
  });
}

function checkVersion(request: FastifyRequest): void {
  if (request.headers['tus-resumable'] !== VERSION)
    throw new HttpProblem(412, 'tus-version', `Send Tus-Resumable: ${VERSION}.`, {
      headers: { 'tus-version': VERSION },
    });
}

function numberOf(request: FastifyRequest, header: 'upload-length' | 'upload-offset'): number {
  const given = whole.safeParse(request.headers[header] || undefined);
  if (!given.success)
    throw new HttpProblem(422, 'invalid', `Send a whole number of bytes as ${header}.`, {
      fields: { [header]: 'must be a whole number' },
    });
  return given.data;
}

/** `filename`, `filetype`, and `voice` as JSON; each value in base64. */
function metadataOf(request: FastifyRequest): z.infer<typeof told> {
  const values = new Map<string, string>();
  for (const pair of String(request.headers['upload-metadata'] ?? '').split(',')) {
    const [key = '', value = ''] = pair.trim().split(' ');
    values.set(key, Buffer.from(value, 'base64').toString('utf8'));
  }
  const given = told.safeParse({
    name: cleanName(values.get('filename')),
    type: values.get('filetype') ?? '',
    ...(values.has('voice') ? { voice: jsonOf(values.get('voice') ?? '') } : {}),
  });
  if (!given.success) throw new HttpProblem(422, 'invalid', 'The metadata of the upload cannot be read.');
  return given.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
