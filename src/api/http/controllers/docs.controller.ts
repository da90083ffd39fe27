import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { API_PREFIX, type ApiConfig, CONFIG } from '../../deps.js';
import { docsPage } from '../docs-page.js';
import { openApi } from '../openapi.js';

@Controller()
export class DocsController {
  readonly #document: string;
  readonly #page: ReturnType<typeof docsPage>;

  constructor(@Inject(CONFIG) config: ApiConfig) {
    const document = openApi(config.version);
    this.#document = JSON.stringify(document);
    this.#page = docsPage(document);
  }

  @Get(`${API_PREFIX}/openapi.json`)
  document(@Res() reply: FastifyReply): void {
    void reply.header('content-type', 'application/json; charset=utf-8').send(this.#document);
  }

  @Get('/api/docs')
  page(@Res() reply: FastifyReply): void {
    const { html, policy } = this.#page;
    void reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).send(html);
  }
}
