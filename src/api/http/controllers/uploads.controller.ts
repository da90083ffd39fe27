import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';
import { beginUpload, continueUpload, dropUpload, uploadState } from '../uploads.js';

@Controller()
export class UploadsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('beginUpload')
  begin(@In() call: Call<'beginUpload'>): Promise<void> {
    return beginUpload(this.services.uploads, call);
  }

  @Route('uploadState')
  state(@In() call: Call<'uploadState'>): Promise<void> {
    return uploadState(this.services.uploads, call);
  }

  @Route('continueUpload')
  continue(@In() call: Call<'continueUpload'>): Promise<void> {
    return continueUpload(this.services.uploads, call);
  }

  @Route('dropUpload')
  drop(@In() call: Call<'dropUpload'>): Promise<void> {
    return dropUpload(this.services.uploads, call);
  }
}
