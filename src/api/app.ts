import 'reflect-metadata';
import { fastifyCookie } from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../core/log.js';
import { alone } from '../core/nodes/peers.js';
import { apiModule } from './app.module.js';
import { type ApiDeps, UPLOAD_LIMIT } from './deps.js';
import { acceptRawBodies } from './http/body.js';
import { sendProblem } from './http/problem.filter.js';
import { problemOf } from './http/problem.js';
import { rateLimitOptions } from './http/rate-limits.js';
import { contentSecurityPolicy, helmetOptions } from './http/security-headers.js';
import { serveSite } from './http/site.js';
import { forwardCalls, isFromNode } from './nodes/forward.js';
import { StreamAdapter } from './ws/stream.adapter.js';

export type { ApiConfig, ApiDeps, ReadinessCheck } from './deps.js';

/** Time a whole request may take to arrive: 25 MiB on a slow line. */
const REQUEST_MS = 300_000;

/**
 * The HTTP and WebSocket server, not yet listening: `await app.listen(port, host)`. `app.close()` ends it: open
 * requests are answered, sockets are closed with 1001.
 */
export async function createApp(deps: ApiDeps): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    logger: false,
    trustProxy: 'loopback',
    requestTimeout: REQUEST_MS,
    routerOptions: { maxParamLength: 600 },
    // The router's own refusals (a malformed address, an endless parameter) come before any hook.
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, problemOf(error)),
  });
  const app = await NestFactory.create<NestFastifyApplication>(apiModule(deps), adapter, {
    bodyParser: false,
    logger: nestLogger(deps.log),
    abortOnError: false,
  });
  const fastify = adapter.getInstance();
  acceptRawBodies(fastify);
  await app.register(helmet, helmetOptions);
  fastify.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', contentSecurityPolicy());
  });
  await app.register(fastifyCookie);
  const peers = deps.peers ?? alone;
  if (peers !== alone) forwardCalls(fastify, peers, deps.identity);
  await app.register(
    rateLimit,
    rateLimitOptions(deps.identity, (request) => isFromNode(peers, request)),
  );
  await app.register(multipart, { limits: { fileSize: UPLOAD_LIMIT + 1 } });
  if (deps.config.webRoot !== undefined) await serveSite(fastify, deps.config.webRoot);
  app.useWebSocketAdapter(new StreamAdapter(app, deps.identity, deps.config, peers));
  await app.init();
  return app;
}

/** The framework's own words at start are of no interest; its troubles are. */
const nestLogger = (log: Log): LoggerService => ({
  log: () => {},
  debug: () => {},
  verbose: () => {},
  warn: (message: unknown) => log.warn(String(message)),
  error: (message: unknown, ...rest: unknown[]) => log.warn(String(message), { error: rest.map(String).join(' ') }),
});
