import { StreamableFile } from '@nestjs/common';
import type { ImageService } from '../../core/services.js';
import type { Call } from './call.js';

/** An image of another server, as if it were a file of ours that nothing can run in. */
export async function showImage(
  images: ImageService,
  { userId, params, query, reply }: Call<'messageImage'>,
): Promise<StreamableFile> {
  const { type, content } = await images.open(userId, params.id, query.url);
  void reply.headers({
    'content-type': type,
    'content-disposition': 'inline',
    'content-length': content.byteLength,
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, max-age=604800',
  });
  return new StreamableFile(content);
}
