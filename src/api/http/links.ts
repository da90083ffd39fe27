import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { LinkService } from '../../core/links/service.js';
import { downloadHeaders } from './attachments.js';
import { problemOf } from './problem.js';

const token = z.string().max(64);
const fileQuery = z.object({ token, s: token });

/** Who has a link has no session here, and gets none: nothing of these answers may act, be kept or tell where it came from. */
const CLOSED = {
  'content-security-policy': "default-src 'none'; sandbox",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
  'x-content-type-options': 'nosniff',
};

/** A file of a message, to whoever has its signed link. HEAD opens nothing. */
export async function serveFile(
  links: LinkService,
  given: { token: unknown; s: unknown },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  await plainly(reply, async () => {
    const asked = fileQuery.safeParse(given);
    const file = await links.file(asked.data?.token ?? '', asked.data?.s ?? '');
    const content = request.method === 'HEAD' ? Readable.from([]) : await file.content();
    void reply.headers({ ...downloadHeaders(file), ...CLOSED });
    await reply.send(content instanceof Readable ? content : new Readable().wrap(content));
  });
}

/** Leads to what the writer of a message put into it. */
export async function followShort(links: LinkService, code: unknown, reply: FastifyReply): Promise<void> {
  await plainly(reply, async () => {
    const asked = token.safeParse(code);
    const url = await links.target(asked.data ?? '');
    await reply
      .code(302)
      .headers({ ...CLOSED, location: new URL(url).href, 'content-type': TEXT })
      .send('');
  });
}

const TEXT = 'text/plain; charset=utf-8';

/** People open these addresses: what is wrong is said in a line of text. */
async function plainly(reply: FastifyReply, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { problem, headers, unexpected } = problemOf(error);
    if (unexpected) throw error;
    const words = problem.status === 404 ? 'There is nothing at this address.' : (problem.detail ?? problem.title);
    await reply
      .code(problem.status)
      .headers({ ...headers, ...CLOSED, 'content-type': TEXT })
      .send(`${words}\n`);
  }
}
