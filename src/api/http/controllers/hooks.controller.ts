import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../../core/services.js';
import { API_PREFIX, SERVICES } from '../../deps.js';
import { passHook } from '../hooks.js';

/** Where networks push to. No sign-in: the account's adapter checks who is there. */
@Controller()
export class HooksController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @All([`${API_PREFIX}/hooks/:accountId`, `${API_PREFIX}/hooks/:accountId/*`])
  hook(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return passHook(this.services.accounts, request, reply);
  }
}
