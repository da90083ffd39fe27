import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problem.filter.js';
import { problem } from './problem.js';
import { contentSecurityPolicy, cspHash } from './security-headers.js';

/** Address of a page or file → its name in the folder, and for pages their policy. */
type Site = Map<string, { file: string; policy: string | undefined }>;

const HASHED = '/_next/static/';

/**
 * Serves the exported web client at `/`: what exists in the folder at start, precompressed where a `.br` or `.gz`
 * lies beside it, and the start page for addresses that only the client knows.
 */
export async function serveSite(fastify: FastifyInstance, webRoot: string): Promise<void> {
  const site = await readSite(webRoot);
  await fastify.register(fastifyStatic, { root: path.resolve(webRoot), serve: false, preCompressed: true });
  fastify.get('/*', (request, reply) => answer(site, request, reply));
}

function answer(site: Site, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const address = pathOf(request.url);
  const isApi = address === undefined || address === '/api' || address.startsWith('/api/');
  const found = isApi ? undefined : (site.get(address) ?? fallback(site, address));
  if (found === undefined) {
    sendProblem(reply, { problem: problem(404, 'not-found', 'There is nothing at this address.'), headers: {} });
    return reply;
  }
  if (found.policy !== undefined) reply.header('content-security-policy', found.policy);
  reply.header('cache-control', address?.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache');
  return reply.sendFile(found.file, { cacheControl: false });
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?')[0] ?? '');
  } catch {
    return undefined;
  }
}

const fallback = (site: Site, address: string) =>
  address.startsWith('/_next/') ? undefined : (site.get(address.replace(/\/+$/, '')) ?? site.get('/'));

async function readSite(root: string): Promise<Site> {
  const site: Site = new Map();
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || /\.(?:br|gz)$/.test(entry.name)) continue;
    const file = path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
    if (!file.endsWith('.html')) site.set(`/${file}`, { file, policy: undefined });
    else {
      const page = { file, policy: policyOf(await readFile(path.join(root, file), 'utf8')) };
      for (const address of addressesOf(file)) site.set(address, page);
    }
  }
  return site;
}

/** `a/index.html` is found at /a, `b.html` at /b, each also by its name. */
function addressesOf(file: string): string[] {
  const short = file.replace(/(?:^|\/)index\.html$/, '').replace(/\.html$/, '');
  return [`/${file}`, `/${short}`];
}

function policyOf(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/gi)].map(
    (match) => match[1] ?? '',
  );
  const scripts = [...new Set(inline)].filter((text) => text !== '').map(cspHash);
  const styled = /<style[\s>]|\sstyle="/i.test(html);
  return contentSecurityPolicy({ scripts, styles: styled ? ["'unsafe-inline'"] : [] });
}
