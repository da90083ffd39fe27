import type { FastifyReply, FastifyRequest } from 'fastify';
import { COOKIE } from './credential.js';

const MAX_AGE_S = 30 * 24 * 60 * 60;

const attributes = (request: FastifyRequest, publicUrl: string | undefined) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: request.protocol === 'https' || publicUrl?.startsWith('https:') === true,
});

export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
  publicUrl: string | undefined,
): void {
  reply.setCookie(COOKIE, token, { ...attributes(request, publicUrl), maxAge: MAX_AGE_S });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply, publicUrl: string | undefined): void {
  reply.clearCookie(COOKIE, attributes(request, publicUrl));
}
