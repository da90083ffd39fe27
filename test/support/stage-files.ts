import type { IncomingAttachment } from '../../src/sdk/index.js';
import { wave } from './wave.ts';

/** Small files that a browser can draw and play. */
function file(name: string, type: string, bytes: Buffer, contentId?: string): IncomingAttachment {
  return { name, type, size: bytes.length, content: bytes, ...(contentId ? { contentId } : {}) };
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFklEQVR42mNkYPhfz0AEYBxVSF+FAP5FDvcfRYWgAAAAAElFTkSuQmCC',
  'base64',
);

const silentSecond = wave(Buffer.alloc(8000, 128));

export const picture = (name: string, contentId?: string): IncomingAttachment =>
  file(name, 'image/png', png, contentId);
export const sound = (name: string): IncomingAttachment => file(name, 'audio/wav', silentSecond);
export const avatar = { id: 'face', type: 'image/png', content: png };
