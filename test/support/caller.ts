type CallOptions = { json?: unknown; body?: BodyInit; token?: string; headers?: Record<string, string> };
export type Answer = { status: number; headers: Headers; text: string; json: unknown };
export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

/** Calls of the API of the server at this address. */
export function caller(baseUrl: string): Call {
  return async (method, path, { json, body, token, headers = {} } = {}) => {
    const answer = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
      headers: {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    const isJson = text !== '' && answer.headers.get('content-type')?.includes('json') === true;
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
  };
}

export function tokenOf(session: unknown): string {
  if (typeof session === 'object' && session !== null && 'token' in session && typeof session.token === 'string')
    return session.token;
  throw new Error(`no token in ${JSON.stringify(session)}`);
}
