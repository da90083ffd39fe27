import { Controller, Inject } from '@nestjs/common';
import type { Identity } from '../../../core/users/identity.js';
import type { Answer } from '../../contract/endpoints.js';
import { type ApiConfig, type ApiDeps, CONFIG, IDENTITY, READINESS } from '../../deps.js';
import { type Call, In } from '../call.js';
import { readinessAnswer } from '../readiness.js';
import { Route } from '../route.js';

@Controller()
export class SystemController {
  constructor(
    @Inject(CONFIG) private readonly config: ApiConfig,
    @Inject(READINESS) private readonly readiness: ApiDeps['readiness'],
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  @Route('health')
  health(): Answer<'health'> {
    return { status: 'ok', version: this.config.version };
  }

  @Route('ready')
  ready(@In() { reply }: Call<'ready'>): Promise<Answer<'ready'>> {
    return readinessAnswer(this.readiness, this.identity, reply);
  }
}
