import { Controller, Inject, type StreamableFile } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { download, upload } from '../attachments.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

@Controller()
export class AttachmentsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('upload')
  upload(@In() { userId, request }: Call<'upload'>): Promise<Answer<'upload'>> {
    return upload(this.services.attachments, userId, request);
  }

  @Route('download')
  download(@In() { userId, params, request, reply }: Call<'download'>): Promise<StreamableFile> {
    return download(this.services.attachments, userId, params.id, request.headers.range, reply);
  }
}
