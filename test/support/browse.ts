/** What a browser does: follows each redirect with its cookies, up to our own page. */
export async function browse(start: string, until: string): Promise<URL> {
  let url = start;
  const cookies = new Map<string, string>();
  for (let hops = 0; hops < 10; hops++) {
    if (url.startsWith(until)) return new URL(url);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie }, signal: AbortSignal.timeout(20_000) });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (!next) throw new Error(`the way ended at ${url} with ${answer.status}`);
    url = new URL(next, url).href;
  }
  throw new Error('too many redirects');
}
