import { t } from '../i18n';
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
    /** How long the server asks to wait before the next try. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }

  /** True where trying the same thing again may work. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.code === 'idempotency-key-in-use';
  }
}

const unreachable = () => new ApiError(0, 'unreachable', t('common.unreachable'));

export type CallOptions<N extends CallName> = {
  params?: Record<string, string>;
  signal?: AbortSignal;
  idempotencyKey?: string;
  /** For calls that may take longer than others. */
  limitMs?: number;
} & (BodyInput<N> extends undefined ? { body?: undefined } : { body: BodyInput<N> }) &
  (QueryInput<N> extends undefined ? { query?: undefined } : { query?: Partial<QueryInput<N>> });

let onUnauthorized: () => void = () => {};
/** `listener` runs when the server says that the session is over. */
export function whenUnauthorized(listener: () => void): void {
  onUnauthorized = listener;
}

let era = new AbortController();
/** Ends every call under way: its answer would belong to a session that is over. */
export function abandonCalls(): void {
  era.abort();
  era = new AbortController();
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
  const text = body.detail ?? body.title ?? t('common.server-answered', { status: response.status });
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const wait = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
  return new ApiError(response.status, body.code ?? 'unknown', text, body.errors, wait);
}

type Call = { method: string; url: string; init: RequestInit; signal?: AbortSignal; limitMs?: number };

/** Answers what `read` makes of a good response. Only `ApiError` is thrown. */
async function request<T>(asked: Call, read: (response: Response) => Promise<T>): Promise<T> {
  const { method, url, init, signal, limitMs = timeoutMs } = asked;
  const signals = [era.signal, AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])];
  let refusal: ApiError;
  try {
    const response = await fetch(url, {
      ...init,
      method,
      credentials: 'same-origin',
      signal: AbortSignal.any(signals),
    });
    if (response.ok) return await read(response);
    refusal = await problemOf(response);
  } catch {
    throw unreachable();
  }
  if (refusal.status === 401) onUnauthorized();
  throw refusal;
}

/** Calls one endpoint. Rejects with `ApiError`. */
export async function call<N extends CallName>(name: N, options: CallOptions<N>): Promise<Answer<N>> {
  const [method, path] = paths[name];
  const headers: Record<string, string> = {};
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
  const init: RequestInit = { headers };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  const url = urlOf(path, options.params ?? {}, options.query);
  const { signal, limitMs } = options;
  return request({ method, url, init, signal, limitMs }, async (response) =>
    response.status === 204 ? (undefined as Answer<N>) : await response.json(),
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : t('common.something-wrong');
}

export function fieldErrorsOf(error: unknown): Record<string, string> {
  return error instanceof ApiError ? error.errors : {};
}
