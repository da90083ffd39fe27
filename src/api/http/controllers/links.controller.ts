import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { followShort, serveFile } from '../links.js';
import { forAnybody } from '../rate-limits.js';
import { Route } from '../route.js';

/** What messages link to. The first two are outside the API: people without a sign-in open them. */
@Controller()
export class LinksController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Get('/f/:token')
  @RouteConfig({ rateLimit: forAnybody })
  file(
    @Param('token') token: string,
    @Query('s') s: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return serveFile(this.services.links, { token, s }, request, reply);
  }

  @Get('/l/:code')
  @RouteConfig({ rateLimit: forAnybody })
  short(@Param('code') code: string, @Res() reply: FastifyReply): Promise<void> {
    return followShort(this.services.links, code, reply);
  }

  @Route('listLinks')
  async list(@In() { userId, params }: Call<'listLinks'>): Promise<Answer<'listLinks'>> {
    return { items: await this.services.links.list(userId, params.id) };
  }

  @Route('revokeLinks')
  revoke(@In() { userId, params }: Call<'revokeLinks'>): Promise<void> {
    return this.services.links.revoke(userId, params.id);
  }
}
