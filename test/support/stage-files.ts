import type { IncomingAttachment } from '../../src/sdk/index.js';

/** Small files that a browser can draw and play. */
function file(name: string, type: string, bytes: Buffer, contentId?: string): IncomingAttachment {
  return { name, type, size: bytes.length, content: bytes, ...(contentId ? { contentId } : {}) };
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFklEQVR42mNkYPhfz0AEYBxVSF+FAP5FDvcfRYWgAAAAAElFTkSuQmCC',
  'base64',
);

/** One second of silence: 8 bit, 8 kHz, mono (WAVE). */
function silence(): Buffer {
  const samples = 8000;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples, 4);
  head.write('WAVEfmt ', 8);
  for (const [at, value] of [
    [16, 16],
    [24, 8000],
    [28, 8000],
    [40, samples],
  ] as const)
    head.writeUInt32LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 1],
    [34, 8],
  ] as const)
    head.writeUInt16LE(value, at);
  head.write('data', 36);
  return Buffer.concat([head, Buffer.alloc(samples, 128)]);
}

export const picture = (name: string, contentId?: string): IncomingAttachment =>
  file(name, 'image/png', png, contentId);
export const sound = (name: string): IncomingAttachment => file(name, 'audio/wav', silence());
export const avatar = { id: 'face', type: 'image/png', content: png };
