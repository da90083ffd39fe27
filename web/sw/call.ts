const timeoutMs = 30_000;

/** Asks the server as whoever is signed in. Answers null where it was not reached. */
export async function ask(
  method: string,
  path: string,
  { body, key = crypto.randomUUID() }: { body?: object; key?: string } = {},
): Promise<Response | null> {
  const headers: Record<string, string> = body ? { 'content-type': 'application/json', 'idempotency-key': key } : {};
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body), signal });
  } catch {
    return null;
  }
}
