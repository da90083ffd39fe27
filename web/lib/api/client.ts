import { type CallName, paths } from './paths';
import type { Answer, BodyInput, Problem, QueryInput } from './types';

export const base = '/api/v1';
const timeoutMs = 30_000;

/** What went wrong, in words for people. `status` 0: the server was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors: Record<string, string> = {},
  ) {
    super(message);
  }

  /** True where trying the same thing again may work. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export type CallOptions<N extends CallName> = {
  params?: Record<string, string>;
  signal?: AbortSignal;
  idempotencyKey?: string;
} & (BodyInput<N> extends undefined ? { body?: undefined } : { body: BodyInput<N> }) &
  (QueryInput<N> extends undefined ? { query?: undefined } : { query?: Partial<QueryInput<N>> });

let onUnauthorized: () => void = () => {};
/** `listener` runs when the server says that the session is over. */
export function whenUnauthorized(listener: () => void): void {
  onUnauthorized = listener;
}

function urlOf(path: string, params: Record<string, string>, query: object | undefined): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const tail = search.toString();
  return base + filled + (tail ? `?${tail}` : '');
}

async function problemOf(response: Response): Promise<ApiError> {
  const body: Partial<Problem> = await response.json().catch(() => ({}));
  const text = body.detail ?? body.title ?? `The server answered ${response.status}.`;
  return new ApiError(response.status, body.code ?? 'unknown', text, body.errors);
}

async function request(method: string, url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(url, {
      ...init,
      method,
      credentials: 'same-origin',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch {
    throw new ApiError(0, 'unreachable', 'Parley’s server cannot be reached.');
  }
  if (response.ok) return response;
  const error = await problemOf(response);
  if (error.status === 401) onUnauthorized();
  throw error;
}

/** Calls one endpoint. Rejects with `ApiError`. */
export async function call<N extends CallName>(name: N, options: CallOptions<N>): Promise<Answer<N>> {
  const [method, path] = paths[name];
  const headers: Record<string, string> = {};
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
  const init: RequestInit = { headers };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  const response = await request(method, urlOf(path, options.params ?? {}, options.query), init, options.signal);
  return response.status === 204 ? (undefined as Answer<N>) : await response.json();
}

export async function upload(file: File, signal?: AbortSignal): Promise<Answer<'upload'>> {
  const form = new FormData();
  form.append('file', file, file.name);
  const response = await request('POST', `${base}/attachments`, { body: form }, signal);
  return await response.json();
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong.';
}

export function fieldErrorsOf(error: unknown): Record<string, string> {
  return error instanceof ApiError ? error.errors : {};
}
